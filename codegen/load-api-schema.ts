import { readFile } from 'node:fs/promises';
import { buildASTSchema, type GraphQLSchema, parse } from 'graphql';
import { apiDocument } from '../supergraph/api-schema.ts';

/** What a client may see of the supergraph in a file. */
export default async function loadApiSchema(path: string): Promise<GraphQLSchema> {
  return buildASTSchema(apiDocument(parse(await readFile(path, 'utf8'))));
}
