import { type DocumentNode, type GraphQLSchema, getOperationAST, OperationTypeNode, parse, validate } from 'graphql';
import { BoundedMap } from './bounded-map.ts';

/** Documents, and the characters of their texts: far more than the operations that stages and gateway send each other. */
const REMEMBERED = [1_000, 4_000_000] as const;
const MAXIMUM_TOKENS = 10_000;

/**
 * Documents that proved valid, by their text. Stages send each other the same few again and again: those need no parser, no
 * validation and none of the pipeline around them a second time.
 */
export class KnownDocuments {
  readonly #schema: GraphQLSchema;
  readonly #documents = new BoundedMap<DocumentNode | 'invalid'>(...REMEMBERED);

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /** The document, if it is valid and the named operation of it is a query or mutation. What is wrong with others is not said here. */
  find(text: string, operationName: string | undefined): DocumentNode | undefined {
    const known = this.#documents.get(text) ?? this.#examine(text);
    if (known === 'invalid') return undefined;
    const operation = getOperationAST(known, operationName);
    return operation == null || operation.operation === OperationTypeNode.SUBSCRIPTION ? undefined : known;
  }

  #examine(text: string): DocumentNode | 'invalid' {
    let examined: DocumentNode | 'invalid';
    try {
      const document = parse(text, { maxTokens: MAXIMUM_TOKENS });
      examined = validate(this.#schema, document).length === 0 ? document : 'invalid';
    } catch {
      examined = 'invalid';
    }
    this.#documents.set(text, examined);
    return examined;
  }
}
