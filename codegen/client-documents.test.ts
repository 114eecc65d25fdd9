import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { clientDocuments } from './client-documents.ts';
import loadApiSchema from './load-api-schema.ts';

const schema = await loadApiSchema(join(import.meta.dirname, '../supergraph/supergraph.graphql'));

const documents = clientDocuments(schema, [
  { document: parse('fragment Inner on TokenDelta { text } fragment Outer on GenerationEvent { cursor ...Inner }') },
  { document: parse('subscription Ask($input: AskInput!) { answer: generate(input: $input) { ...Outer } }') },
  { document: parse('query Models { models { id } } fragment Unused on Model { id }') },
]);

describe("the client's documents", () => {
  it('are valid, carry the fragments they use and no others, and are named by the hash of their text', () => {
    expect(documents.map(({ name, kind }) => [name, kind])).toEqual([
      ['Ask', 'subscription'],
      ['Models', 'query'],
    ]);
    for (const { text, sha256 } of documents.flatMap((document) => [document, document.resume ?? document])) {
      expect(validate(schema, parse(text))).toEqual([]);
      expect(sha256).toBe(createHash('sha256').update(text).digest('hex'));
    }
  });

  it('come with the one that continues a resumable stream under the same name', () => {
    expect(documents[0]?.resume).toMatchObject({ field: 'answer', repeatable: false });
    expect(documents[0]?.resume?.text).toContain('{answer:generationEvents(after:$after){...Outer}}');
    expect(documents[1]?.resume).toBeUndefined();
  });

  it('know only what a client may see of the graph', () => {
    expect(schema.getMutationType()?.getFields().beginTurn).toBeUndefined();
    expect(schema.getType('SearchAnswer')).toBeUndefined();
    expect(schema.getType('join__Graph')).toBeUndefined();
    expect(schema.getMutationType()?.getFields().openSession).toBeDefined();
  });

  it('must have names', () => {
    expect(() => clientDocuments(schema, [{ document: parse('{ models { id } }') }])).toThrow('needs a name');
  });
});
