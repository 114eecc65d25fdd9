import type { PluginFunction } from '@graphql-codegen/plugin-helpers';
import { clientDocuments, type SentDocument } from './client-documents.ts';

/** Codegen plugin: a typed constant for every operation of the client. */
export const plugin: PluginFunction<Record<string, never>, { prepend: string[]; content: string }> = (
  schema,
  files,
) => ({
  prepend: ["import type { Operation } from '../operation.ts';"],
  content: clientDocuments(schema, files)
    .map(({ name, kind, resume, ...document }) => {
      const type = `${name}${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
      return [
        `export const ${name}Document: Operation<${type}, ${type}Variables> = {`,
        `  name: '${name}',`,
        `  kind: '${kind}',`,
        ...properties(document, '  '),
        ...(resume === undefined
          ? []
          : [
              '  resume: {',
              `    field: '${resume.field}',`,
              `    repeatable: ${resume.repeatable},`,
              ...properties(resume, '    '),
              '  },',
            ]),
        '};',
      ].join('\n');
    })
    .join('\n\n'),
});

function properties({ text, sha256 }: SentDocument, indent: string): string[] {
  return [`${indent}text: ${JSON.stringify(text)},`, `${indent}sha256: '${sha256}',`];
}
