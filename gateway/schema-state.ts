import { type Schema, Supergraph } from '@apollo/federation-internals';
import { QueryPlanner } from '@apollo/query-planner';
import { ContractError } from '@supercontext/contract';
import { isStackOverflow } from '@supercontext/runtime/format-error.ts';
import { rememberedTexts, sizeOfDocument } from '@supercontext/runtime/serve/remembered-texts.ts';
import { withoutStack } from '@supercontext/runtime/without-stack.ts';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  parse,
  SingleFieldSubscriptionsRule,
  specifiedRules,
  validate,
} from 'graphql';
import { gatewayError } from './errors.ts';
import { type IdempotentFields, readIdempotentFields } from './idempotency/idempotent-fields.ts';
import { checkShape, checkText, type Limits } from './limits/document-limits.ts';
import { OperationCosts } from './limits/operation-cost.ts';
import { readReservedNames } from './names/reserved-names.ts';
import { type Resumption, readResumptions } from './subscriptions/resumable.ts';
import { singleRootField } from './subscriptions/root-field.ts';

/** The rules of the specification, one of them ours. */
const RULES = [singleRootField, ...specifiedRules.filter((rule) => rule !== SingleFieldSubscriptionsRule)];

export interface AdmittedDocument {
  readonly document: DocumentNode;
  readonly errors: readonly GraphQLError[];
}

/**
 * Everything made from one supergraph. A subscription keeps the state that admitted it until it ends, so that a swap of the
 * supergraph breaks no stream.
 */
export class SchemaState {
  readonly apiSchema: GraphQLSchema;
  readonly api: Schema;
  readonly supergraphSchema: GraphQLSchema;
  readonly planner: QueryPlanner;
  /** By name of the subscription field. */
  readonly resumptions: ReadonlyMap<string, Resumption>;
  readonly idempotentFields: IdempotentFields;
  /** Response names that only the fields themselves may have in a query plan. */
  readonly reservedNames: ReadonlySet<string>;
  readonly #documents = rememberedTexts<AdmittedDocument>(({ document }) => sizeOfDocument(document));
  readonly #costs: OperationCosts;
  readonly #limits: Limits;

  constructor(apiSchema: GraphQLSchema, supergraphSdl: string, limits: Limits) {
    const supergraph = Supergraph.build(supergraphSdl, { validateSupergraph: false });
    this.apiSchema = apiSchema;
    this.api = supergraph.apiSchema();
    this.supergraphSchema = supergraph.schema.toGraphQLJSSchema();
    this.planner = new QueryPlanner(supergraph, {});
    const composed = parse(supergraphSdl, { noLocation: true });
    this.resumptions = readResumptions(composed, apiSchema);
    this.idempotentFields = readIdempotentFields(composed, apiSchema);
    this.reservedNames = readReservedNames(composed);
    this.#costs = new OperationCosts(supergraphSdl, apiSchema, limits.maxCost);
    this.#limits = limits;
  }

  /** Parses and validates a document, once for each text. Never throws. */
  admit(text: string): AdmittedDocument {
    const known = this.#documents.get(text);
    if (known !== undefined) return known;
    const admitted = this.#examine(text);
    this.#documents.set(text, admitted);
    return admitted;
  }

  /**
   * Refuses an operation of an admitted document that costs too much with these variables, which are coerced.
   * @throws ContractError REQUEST_TOO_COMPLEX
   */
  checkCost(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Readonly<Record<string, unknown>>,
  ): void {
    const { maxCost } = this.#limits;
    const cost = Math.ceil(this.#costs.of(document, operation, variables));
    if (cost <= maxCost) return;
    throw new ContractError('REQUEST_TOO_COMPLEX', `The operation costs ${cost}, more than ${maxCost}`, {
      cost: Math.min(cost, Number.MAX_SAFE_INTEGER),
      maxCost,
    });
  }

  #examine(text: string): AdmittedDocument {
    let document: DocumentNode;
    try {
      checkText(text, this.#limits);
      document = parse(text);
      checkShape(document, this.#limits);
    } catch (error) {
      return refused('GRAPHQL_PARSE_FAILED', [error]);
    }
    try {
      const errors = validate(this.apiSchema, document, RULES);
      return errors.length === 0 ? { document, errors } : refused('GRAPHQL_VALIDATION_FAILED', errors);
    } catch (error) {
      // A rule of graphql-js itself throws on some documents.
      return refused('GRAPHQL_VALIDATION_FAILED', [error]);
    }
  }
}

const EMPTY: DocumentNode = { kind: 'Document' as DocumentNode['kind'], definitions: [] };

/** Nothing but the errors is kept of a document that is not served. */
function refused(code: string, errors: readonly unknown[]): AdmittedDocument {
  return { document: EMPTY, errors: withoutStack(() => errors.map((error) => withCode(code, error))) };
}

/** Errors know their places, and none of the nodes, which would keep the whole document. */
function withCode(code: string, error: unknown): GraphQLError {
  if (error instanceof ContractError) return gatewayError(error.code, error.message, error.details);
  // Rules and parser call themselves once for each level: a document that is deep enough ends their stack.
  if (isStackOverflow(error))
    return gatewayError('REQUEST_TOO_COMPLEX', 'The document is nested too deeply', {}, error);
  const known =
    error instanceof GraphQLError ? error : new GraphQLError(error instanceof Error ? error.message : String(error));
  const { message, source = null, positions = null, path = null, extensions, originalError = null } = known;
  return new GraphQLError(message, {
    source,
    positions,
    path,
    originalError,
    extensions: { code, ...extensions },
  });
}
