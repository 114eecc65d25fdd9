import type { PluginFunction } from '@graphql-codegen/plugin-helpers';
import { clientDocuments } from './client-documents.ts';

/** Codegen plugin: the manifest `{sha256: document}` that lets a gateway know every document of the client by its hash. */
export const plugin: PluginFunction<Record<string, never>, string> = (schema, files) => {
  const documents = clientDocuments(schema, files).flatMap(({ resume, ...document }) =>
    resume === undefined ? [document] : [document, resume],
  );
  return `${JSON.stringify(Object.fromEntries(documents.map(({ sha256, text }) => [sha256, text])), null, 2)}\n`;
};
