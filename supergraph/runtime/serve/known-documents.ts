import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  OperationTypeNode,
  parse,
  validate,
} from 'graphql';
import { isStackOverflow } from '../format-error.ts';
import { withoutStack } from '../without-stack.ts';
import { rememberedTexts, sizeOfDocument } from './remembered-texts.ts';

const MAXIMUM_TOKENS = 10_000;

export type ExaminedDocument =
  | { readonly document: DocumentNode; readonly errors: null }
  | { readonly document: null; readonly errors: readonly GraphQLError[] };

/**
 * Documents by their text, with what is wrong with them. Stages send each other the same few again and again: those need no
 * parser and no validation a second time.
 */
export class KnownDocuments {
  readonly #schema: GraphQLSchema;
  readonly #documents = rememberedTexts<ExaminedDocument>(({ document }) =>
    document === null ? 0 : sizeOfDocument(document),
  );

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /**
   * The document of a text, or all that is wrong with it or with its operation: the one named, or the only one, has to be of
   * one of `kinds`. Errors carry a code. Never throws.
   */
  find(text: string, operationName: string | null, kinds: readonly OperationTypeNode[]): ExaminedDocument {
    let known = this.#documents.get(text);
    if (known === undefined) {
      known = this.#examine(text);
      this.#documents.set(text, known);
    }
    if (known.errors !== null) return known;
    const operation = getOperationAST(known.document, operationName);
    if (!operation) {
      return refused('the document does not have the operation', 'OPERATION_RESOLUTION_FAILURE');
    }
    // Validation has no type to look at where the schema has no such root, and lets it pass.
    if (!this.#schema.getRootType(operation.operation)) {
      return refused(`this stage has no ${operation.operation}`, 'GRAPHQL_VALIDATION_FAILED');
    }
    return kinds.includes(operation.operation)
      ? known
      : refused(`a ${operation.operation} is not served by this transport`, 'BAD_REQUEST');
  }

  #examine(text: string): ExaminedDocument {
    let code = 'GRAPHQL_PARSE_FAILED';
    try {
      const document = parse(text, { maxTokens: MAXIMUM_TOKENS });
      code = 'GRAPHQL_VALIDATION_FAILED';
      const errors = validate(this.#schema, document);
      if (errors.length === 0) return { document, errors: null };
      return { document: null, errors: withoutStack(() => errors.map((error) => withCode(error, code))) };
    } catch (error) {
      if (isStackOverflow(error)) return refused('the document is nested too deeply', 'REQUEST_TOO_COMPLEX');
      return { document: null, errors: withoutStack(() => [withCode(error, code)]) };
    }
  }
}

export const QUERIES_AND_MUTATIONS: readonly OperationTypeNode[] = [
  OperationTypeNode.QUERY,
  OperationTypeNode.MUTATION,
];
export const ALL_OPERATIONS: readonly OperationTypeNode[] = Object.values(OperationTypeNode);

function refused(message: string, code: string): ExaminedDocument {
  return { document: null, errors: [new GraphQLError(message, { extensions: { code } })] };
}

function withCode(error: unknown, code: string): GraphQLError {
  const message = error instanceof Error ? error.message : String(error);
  const { source = null, positions = null } = error instanceof GraphQLError ? error : {};
  return new GraphQLError(message, { source, positions, extensions: { code } });
}
