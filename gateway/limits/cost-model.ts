import { type GraphQLSchema, Kind, parse, valueFromASTUntyped } from 'graphql';

/** What `@cost` and `@listSize` say of one field. */
export interface FieldCost {
  /** Undefined: what the field's type weighs. */
  readonly weight: number | undefined;
  readonly list: ListSize | undefined;
  /** By name of the argument. */
  readonly argumentWeights: ReadonlyMap<string, number>;
}

export interface ListSize {
  readonly assumedSize: number | undefined;
  /** Arguments that say how many items are wanted at most. */
  readonly slicingArguments: readonly string[];
  /** Fields of the result that are the list, where the result is a page; empty when it is the list itself. */
  readonly sizedFields: readonly string[];
}

/** The weights of a supergraph's fields and types. */
export interface CostModel {
  field(typeName: string, fieldName: string): FieldCost | undefined;
  /** Of an object, scalar, enum or input type; undefined where no directive says one. */
  typeWeight(typeName: string): number | undefined;
  /** Whether any field of an input type has a weight. */
  readonly weighsInputs: boolean;
  /** Of a field of an input type. */
  inputWeight(typeName: string, fieldName: string): number | undefined;
}

type Arguments = Readonly<Record<string, unknown>>;

interface Annotated {
  readonly name: { readonly value: string };
  readonly directives?: readonly { readonly name: { readonly value: string } }[] | undefined;
}

/**
 * Reads `@cost` and `@listSize` off a supergraph; the API schema no longer has them. An interface's field is as dear as the
 * dearest of those that implement it.
 */
export function readCostModel(supergraphSdl: string, apiSchema: GraphQLSchema): CostModel {
  const fields = new Map<string, FieldCost>();
  const types = new Map<string, number>();
  const inputs = new Map<string, number>();
  const keep = (map: Map<string, number>, key: string, node: Annotated): void => {
    const weight = asNumber(argumentsOf(node, 'cost')?.weight);
    if (weight !== undefined) map.set(key, weight);
  };
  for (const definition of parse(supergraphSdl, { noLocation: true }).definitions) {
    switch (definition.kind) {
      case Kind.SCALAR_TYPE_DEFINITION:
      case Kind.ENUM_TYPE_DEFINITION:
        keep(types, definition.name.value, definition);
        break;
      case Kind.INPUT_OBJECT_TYPE_DEFINITION:
        for (const field of definition.fields ?? []) {
          keep(inputs, `${definition.name.value}.${field.name.value}`, field);
        }
        break;
      case Kind.OBJECT_TYPE_DEFINITION:
      case Kind.INTERFACE_TYPE_DEFINITION:
        keep(types, definition.name.value, definition);
        for (const field of definition.fields ?? []) {
          const argumentWeights = new Map<string, number>();
          for (const argument of field.arguments ?? []) keep(argumentWeights, argument.name.value, argument);
          fields.set(`${definition.name.value}.${field.name.value}`, {
            weight: asNumber(argumentsOf(field, 'cost')?.weight),
            list: listSizeOf(argumentsOf(field, 'listSize')),
            argumentWeights,
          });
        }
        break;
    }
  }
  const dearest = (typeName: string, fieldName: string): FieldCost | undefined => {
    const own = fields.get(`${typeName}.${fieldName}`);
    const type = apiSchema.getType(typeName);
    if (type === undefined || !('resolveType' in type)) return own;
    const implementations = apiSchema
      .getPossibleTypes(type as never)
      .map(({ name }) => fields.get(`${name}.${fieldName}`));
    return [own, ...implementations].reduce(dearer, undefined);
  };
  const known = new Map<string, FieldCost | undefined>();
  return {
    field(typeName, fieldName) {
      const key = `${typeName}.${fieldName}`;
      if (!known.has(key)) known.set(key, dearest(typeName, fieldName));
      return known.get(key);
    },
    typeWeight: (typeName) => types.get(typeName),
    weighsInputs: inputs.size > 0,
    inputWeight: (typeName, fieldName) => inputs.get(`${typeName}.${fieldName}`),
  };
}

function dearer(one: FieldCost | undefined, other: FieldCost | undefined): FieldCost | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const weight = Math.max(one.weight ?? -1, other.weight ?? -1);
  return {
    weight: weight < 0 ? undefined : weight,
    list: (one.list?.assumedSize ?? 0) >= (other.list?.assumedSize ?? 0) ? (one.list ?? other.list) : other.list,
    argumentWeights: new Map([...one.argumentWeights, ...other.argumentWeights]),
  };
}

function listSizeOf(values: Arguments | undefined): ListSize | undefined {
  if (values === undefined) return undefined;
  const names = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
  return {
    assumedSize: asNumber(values.assumedSize),
    slicingArguments: names(values.slicingArguments),
    sizedFields: names(values.sizedFields),
  };
}

/** Arguments of a directive that is known by its name, or by it behind a namespace when the supergraph's link gives it one. */
function argumentsOf(node: Annotated, directive: string): Arguments | undefined {
  const applied = node.directives?.find(
    ({ name }) => name.value === directive || name.value.endsWith(`__${directive}`),
  ) as { readonly arguments?: readonly { name: { value: string }; value: never }[] } | undefined;
  if (applied === undefined) return undefined;
  return Object.fromEntries(
    (applied.arguments ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value)]),
  );
}

function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
