import { createHash } from 'node:crypto';
import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  getArgumentValues,
  Kind,
  type OperationDefinitionNode,
  parseType,
  type VariableNode,
  visit,
} from 'graphql';
import { coerceVariables } from '../coerce-variables.ts';
import type { KnownOperation } from '../operation.ts';
import { PlanCache } from '../plan-cache.ts';
import { RequestRefused } from '../request-refused.ts';
import type { SchemaState } from '../schema-state.ts';
import { fragmentsOf, rootSelections } from '../subscriptions/root-field.ts';
import { unusedName } from '../unused-name.ts';
import type { IdempotentField } from './idempotent-fields.ts';

type Json = Readonly<Record<string, unknown>>;

/** One root field whose argument with the key is a variable of ours. */
interface KeyedField extends IdempotentField {
  readonly node: FieldNode;
  readonly responseKey: string;
  readonly variable: string;
}

/** An operation whose idempotency keys can be filled in: the arguments that hold them became variables. */
export interface KeyedOperation extends KnownOperation {
  readonly original: KnownOperation;
  readonly fields: readonly KeyedField[];
}

const rewritten = new PlanCache<{ readonly keyed: KeyedOperation | undefined }>();

/** The operation made ready for `fillKeys`; undefined when it has no field that takes a key. Remembered with the state. */
export function keyOperation(known: KnownOperation): KeyedOperation | undefined {
  const { state, text, operation } = known;
  return rewritten.get(state, { text, operationName: operation.name?.value }, () => ({ keyed: rewrite(known) })).keyed;
}

function rewrite(known: KnownOperation): KeyedOperation | undefined {
  const { state, text, document, operation } = known;
  const typeName = state.apiSchema.getRootType(operation.operation)?.name;
  const fields: KeyedField[] = [];
  const replaced = new Map<FieldNode, FieldNode>();
  for (const node of rootSelections(operation.selectionSet, fragmentsOf(document)).fields) {
    const place = state.idempotentFields.get(`${typeName}.${node.name.value}`);
    const argument = place && node.arguments?.find(({ name }) => name.value === place.argument);
    if (place === undefined || argument === undefined) continue;
    const responseKey = node.alias?.value ?? node.name.value;
    const known = fields.find((field) => field.responseKey === responseKey);
    const variable = known?.variable ?? unusedName(text, `keyed${fields.length}__`);
    if (known === undefined) fields.push({ ...place, node, responseKey, variable });
    replaced.set(node, withVariable(node, argument, variable));
  }
  if (fields.length === 0) return undefined;
  const variant: DocumentNode = visit(document, { Field: (node) => replaced.get(node) });
  const index = document.definitions.indexOf(operation);
  const keyed = declare(variant.definitions[index] as OperationDefinitionNode, fields);
  return {
    state,
    // A name for what is remembered of it; no client can send it.
    text: `${text}\0keyed`,
    document: { ...variant, definitions: variant.definitions.with(index, keyed) },
    operation: keyed,
    original: known,
    fields,
  };
}

function withVariable(node: FieldNode, argument: ArgumentNode, name: string): FieldNode {
  const value = variableNode(name);
  return { ...node, arguments: node.arguments?.map((one) => (one === argument ? { ...one, value } : one)) ?? [] };
}

function declare(operation: OperationDefinitionNode, fields: readonly KeyedField[]): OperationDefinitionNode {
  const added = fields.map(({ variable, argumentType }) => ({
    kind: Kind.VARIABLE_DEFINITION as const,
    variable: variableNode(variable),
    type: parseType(argumentType),
  }));
  return { ...operation, variableDefinitions: [...(operation.variableDefinitions ?? []), ...added] };
}

function variableNode(value: string): VariableNode {
  return { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value } };
}

export interface FilledKeys {
  /** The client's, and those of the keyed operation. */
  readonly variables: Json;
  /** Whether each field has a key now, the client's own or a derived one. */
  readonly isComplete: boolean;
}

/**
 * Computes the arguments of a keyed operation. Where the client gave no key (left out or null, as a literal, through variables
 * or by default) one is derived from `seed`: the same seed gives the same keys. A key that was given stays.
 * @throws RequestRefused when the variables are not those of the operation.
 */
export function fillKeys({ original, fields }: KeyedOperation, variables: Json, seed: string): FilledKeys {
  const { state, operation } = original;
  const { coerced, errors } = coerceVariables(state.apiSchema, operation, variables);
  if (coerced === undefined) throw refusedInput(errors);
  const filled: Record<string, unknown> = { ...variables };
  let isComplete = true;
  for (const field of fields) {
    const argument = argumentOf(state, operation, field, coerced);
    if (argument === undefined) {
      isComplete = false;
      continue;
    }
    const key = createHash('sha256').update(`${seed} ${field.responseKey}`).digest('hex');
    const value = withKey(argument, field.path, `auto-${key}`);
    filled[field.variable] = value;
    isComplete &&= keyAt(value, field.path) !== undefined;
  }
  return { variables: filled, isComplete };
}

function argumentOf(
  state: SchemaState,
  { operation }: OperationDefinitionNode,
  { node, argument }: KeyedField,
  coerced: Json,
): unknown {
  const definition = state.apiSchema.getRootType(operation)?.getFields()[node.name.value];
  if (definition === undefined) return undefined;
  try {
    return getArgumentValues(definition, node, coerced)[argument];
  } catch (error) {
    throw refusedInput([error]);
  }
}

/** `value` with the key at `path` where there is none; unchanged where its parent is null. */
function withKey(value: unknown, path: readonly string[], key: string): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return value ?? key;
  if (typeof value !== 'object' || value === null) return value;
  return { ...value, [part]: withKey((value as Json)[part], rest, key) };
}

function keyAt(value: unknown, [part, ...rest]: readonly string[]): unknown {
  if (part === undefined) return value ?? undefined;
  return typeof value === 'object' && value !== null ? keyAt((value as Json)[part], rest) : undefined;
}

function refusedInput(errors: readonly unknown[] = []): RequestRefused {
  return new RequestRefused(
    errors.map((error) => {
      const message = error instanceof Error ? error.message : String(error);
      return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
    }),
  );
}
