import {
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNullableType,
  isInputObjectType,
  isNonNullType,
  isScalarType,
} from 'graphql';
import { appliedDirectives } from '../applied-directives.ts';

/** Where a field with an effect takes its idempotency key, as its `@idempotent` directive says. */
export interface IdempotentField {
  readonly argument: string;
  /** GraphQL type of that argument. */
  readonly argumentType: string;
  /** From the argument to the key; empty when the argument is the key itself. */
  readonly path: readonly string[];
}

/** By name of the type and of the field: `Subscription.generate`. */
export type IdempotentFields = ReadonlyMap<string, IdempotentField>;

/**
 * Reads `@idempotent(key)` off the fields of mutations and subscriptions. A directive whose key is no optional scalar of the
 * schema is ignored: there is nothing a gateway could fill in.
 */
export function readIdempotentFields(supergraph: DocumentNode, apiSchema: GraphQLSchema): IdempotentFields {
  const idempotent = new Map<string, IdempotentField>();
  for (const type of [apiSchema.getMutationType(), apiSchema.getSubscriptionType()]) {
    if (!type) continue;
    for (const [name, { key }] of appliedDirectives(supergraph, type.name, 'idempotent')) {
      const field = placeOf(type, name, String(key).split('.'));
      if (field !== undefined) idempotent.set(`${type.name}.${name}`, field);
    }
  }
  return idempotent;
}

function placeOf(
  type: GraphQLObjectType,
  name: string,
  [argument = '', ...path]: readonly string[],
): IdempotentField | undefined {
  const argumentType = type.getFields()[name]?.args.find((one) => one.name === argument)?.type;
  if (argumentType === undefined) return undefined;
  let keyType: GraphQLInputType | undefined = argumentType;
  for (const part of path) {
    const parent: unknown = keyType === undefined ? undefined : getNullableType(keyType);
    keyType = isInputObjectType(parent) ? parent.getFields()[part]?.type : undefined;
  }
  if (keyType === undefined || isNonNullType(keyType) || !isScalarType(keyType)) return undefined;
  return { argument, argumentType: String(argumentType), path };
}
