import { ContractError } from '@supercontext/contract';
import {
  type FieldNode,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';

type Json = Readonly<Record<string, unknown>>;
type EntityType = GraphQLObjectType | GraphQLInterfaceType;

/** A value that is not what a key field has; named by its path. */
class NoKey extends Error {}

/**
 * Puts a check before the resolver of `_entities`: a representation that names no entity of this stage, or lacks a key, or has
 * one of another type, is INPUT_INVALID at its place in the list; the others are answered. Key fields reach
 * `__resolveReference` as their scalars read them, so that an id is a string whatever JSON it came as.
 */
export function checkEntities(schema: GraphQLSchema): void {
  const field = schema.getQueryType()?.getFields()._entities;
  const resolve = field?.resolve;
  if (field === undefined || resolve === undefined) return;
  const keysOf = rememberKeys(schema);
  field.resolve = (source, { representations }, context, info) =>
    (representations as readonly unknown[]).map((representation) => {
      const checked = checkRepresentation(representation, keysOf);
      if (checked instanceof ContractError) return checked;
      // One by one within one tick: loaders still see all of them at once.
      return (resolve(source, { representations: [checked] }, context, info) as readonly unknown[])[0];
    });
}

function checkRepresentation(
  representation: unknown,
  keysOf: (name: unknown) => Keys | undefined,
): Json | ContractError {
  if (!isMap(representation)) return invalid('a representation has to be an object with a __typename');
  const keys = keysOf(representation.__typename);
  if (keys === undefined) return invalid('the __typename of a representation is no entity of this stage');
  let problem = 'no key';
  for (const key of keys.sets) {
    try {
      return { ...representation, ...readObject(keys.type, key, representation, '') };
    } catch (error) {
      if (!(error instanceof NoKey)) throw error;
      problem = error.message;
    }
  }
  return keys.sets.length === 0 ? representation : invalid(`a representation of ${keys.type.name}: ${problem}`);
}

function invalid(message: string): ContractError {
  return new ContractError('INPUT_INVALID', message, { argument: 'representations' });
}

interface Keys {
  readonly type: EntityType;
  /** One for each `@key`. */
  readonly sets: readonly SelectionSetNode[];
}

function rememberKeys(schema: GraphQLSchema): (name: unknown) => Keys | undefined {
  const union = schema.getType('_Entity');
  const entities: readonly EntityType[] = isUnionType(union) ? union.getTypes() : [];
  const known = new Map<string, Keys>();
  for (const type of [...entities, ...Object.values(schema.getTypeMap()).filter(isInterfaceType)]) {
    const sets = keySets(type);
    if (isObjectType(type) || sets.length > 0) known.set(type.name, { type, sets });
  }
  return (name) => (typeof name === 'string' ? known.get(name) : undefined);
}

function keySets(type: EntityType): SelectionSetNode[] {
  const nodes = [type.astNode, ...type.extensionASTNodes];
  return nodes
    .flatMap((node) => node?.directives ?? [])
    .filter(({ name }) => name.value === 'key')
    .flatMap(({ arguments: given = [] }) => {
      const fields = given.find(({ name }) => name.value === 'fields')?.value;
      if (fields?.kind !== Kind.STRING) return [];
      const [operation] = parse(`{${fields.value}}`, { noLocation: true }).definitions;
      return operation?.kind === Kind.OPERATION_DEFINITION ? [operation.selectionSet] : [];
    });
}

function readObject(type: EntityType, selectionSet: SelectionSetNode, value: Json, path: string): Json {
  const read: Record<string, unknown> = {};
  for (const selection of selectionSet.selections) {
    if (selection.kind !== Kind.FIELD) continue;
    const name = selection.name.value;
    const fieldType = type.getFields()[name]?.type;
    if (fieldType === undefined) continue;
    const place = `${path}${name}`;
    if (!Object.hasOwn(value, name)) throw new NoKey(`the key ${place} is missing`);
    read[name] = readValue(fieldType, selection, value[name], place);
  }
  return read;
}

function readValue(type: GraphQLOutputType, field: FieldNode, value: unknown, path: string): unknown {
  const wrong = (): never => {
    throw new NoKey(`the key ${path} has to be ${String(type)}`);
  };
  if (isNonNullType(type)) return value === null ? wrong() : readValue(type.ofType, field, value, path);
  if (value === null) return null;
  if (isListType(type)) {
    return Array.isArray(value) ? value.map((item) => readValue(type.ofType, field, item, path)) : wrong();
  }
  if (isLeafType(type)) {
    try {
      return type.parseValue(value) ?? wrong();
    } catch {
      return wrong();
    }
  }
  if (isUnionType(type) || field.selectionSet === undefined) return value;
  return isMap(value) ? { ...value, ...readObject(type, field.selectionSet, value, `${path}.`) } : wrong();
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
