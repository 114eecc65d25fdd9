import {
  GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getVariableValues,
  isEnumType,
  isInputObjectType,
  isInputType,
  isLeafType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  specifiedScalarTypes,
  typeFromAST,
} from 'graphql';

const MAXIMUM_ERRORS = 5;
/** A value whose texts are longer than this is not told, nor compared with what it might have meant. */
const LARGE_CHARACTERS = 16_384;
/** Deeper values do not fit any input that is not recursive, and ours are not. */
const MAXIMUM_DEPTH = 64;

type Variables = Readonly<Record<string, unknown>>;
type Coerced = ReturnType<typeof getVariableValues>;

/**
 * The variables of an operation, coerced, or what is wrong with them. As graphql-js has it, but for large values that do not
 * fit: graphql-js writes down the whole value that is wrong, and compares a key that is unknown, or an enum's value, letter by
 * letter with those it knows, which blocks the process for a second where there are 15 MB of it.
 */
export function coerceVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Variables,
): Coerced {
  for (const { variable, type } of variableDefinitions) {
    const name = variable.name.value;
    const inputType = typeFromAST(schema, type);
    if (!isInputType(inputType) || !Object.hasOwn(variables, name)) continue;
    const value = variables[name];
    const misfit = findMisfit(value, inputType, name, 0);
    if (misfit !== null && isLarge(value)) return { errors: [new GraphQLError(`Variable "$${name}": ${misfit}`)] };
  }
  return getVariableValues(schema, variableDefinitions, variables, { maxErrors: MAXIMUM_ERRORS });
}

/** Where a value does not have its type and what should be there, without a word of the value; null when it may have it. */
function findMisfit(value: unknown, type: GraphQLInputType, path: string, depth: number): string | null {
  if (depth > MAXIMUM_DEPTH) return `${path} is nested too deeply`;
  const isMissing = value === null || value === undefined;
  if (isNonNullType(type)) return isMissing ? `${path} is missing` : findMisfit(value, type.ofType, path, depth);
  if (isMissing) return null;
  if (isListType(type)) {
    if (!Array.isArray(value)) return findMisfit(value, type.ofType, path, depth + 1);
    return firstOf(value.entries(), ([at, item]) => findMisfit(item, type.ofType, `${path}[${at}]`, depth + 1));
  }
  if (isInputObjectType(type)) {
    if (typeof value !== 'object' || Array.isArray(value)) return `${path} has to be an object`;
    const fields = type.getFields();
    if (Object.keys(value).some((key) => !Object.hasOwn(fields, key)))
      return `${path} has a field that ${type} has not`;
    return firstOf(Object.values(fields), (field) => {
      const own = (value as Variables)[field.name];
      if (own === undefined && field.defaultValue !== undefined) return null;
      return findMisfit(own, field.type, `${path}.${field.name}`, depth + 1);
    });
  }
  return isLeafType(type) && canBe(value, type) ? null : `${path} has to be ${getNamedType(type)}`;
}

/** Scalars of our own take texts, and say themselves which. */
function canBe(value: unknown, type: GraphQLInputType): boolean {
  if (isEnumType(type)) return typeof value === 'string' && type.getValue(value) !== undefined;
  if (typeof value === 'string') return ['String', 'ID'].includes(String(type)) || !isOfGraphQL(type);
  return typeof value !== 'object';
}

function isOfGraphQL(type: GraphQLInputType): boolean {
  return specifiedScalarTypes.some(({ name }) => name === String(type));
}

function firstOf<Item>(items: Iterable<Item>, find: (item: Item) => string | null): string | null {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
}

/** Whether texts and keys of a value are long, counted no further than that. */
function isLarge(value: unknown): boolean {
  let characters = 0;
  const waiting: unknown[] = [value];
  while (waiting.length > 0 && characters <= LARGE_CHARACTERS) {
    const one = waiting.pop();
    if (typeof one === 'string') characters += one.length;
    if (typeof one !== 'object' || one === null) continue;
    for (const [key, inner] of Object.entries(one)) {
      characters += key.length + 1;
      waiting.push(inner);
    }
  }
  return characters > LARGE_CHARACTERS;
}
