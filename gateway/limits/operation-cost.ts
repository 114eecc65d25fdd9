import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getIntrospectionQuery,
  getNamedType,
  getNullableType,
  getOperationAST,
  isCompositeType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql';
import { type CostModel, type FieldCost, readCostModel } from './cost-model.ts';
import { averageListSizes } from './schema-lists.ts';

type Variables = Readonly<Record<string, unknown>>;
type Sizes = ReadonlyMap<string, number>;
type Field = GraphQLField<unknown, unknown>;

/** Of a list that no directive speaks of. */
const DEFAULT_LIST_SIZE = 10;
/** So many whole introspections fit an operation that asks for nothing else. */
const INTROSPECTIONS = 3;
const NOTHING_SIZED: Sizes = new Map();

/**
 * Says what an operation costs before it is planned or run: one for each object of its answer, or what `@cost` says, times
 * the sizes of the lists it stands in, which `@listSize` and the operation's own arguments say. An upper bound: fragments on
 * types that exclude each other are added up. Introspection is counted by the sizes of the schema itself.
 *
 * After IBM's specification of GraphQL cost directives, which Apollo Federation took over.
 */
export class OperationCosts {
  readonly #rules: CostRules;
  /** Costs of operations that do not depend on their variables. */
  readonly #constant = new WeakMap<OperationDefinitionNode, number>();

  /** @param maxCost What an operation may cost; introspection is scaled to it. */
  constructor(supergraphSdl: string, schema: GraphQLSchema, maxCost: number) {
    const model = readCostModel(supergraphSdl, schema);
    const unscaled = { schema, model, schemaLists: averageListSizes(schema), introspectionScale: 1 };
    const whole = parse(getIntrospectionQuery());
    const wholeCost = new Costing(unscaled, whole, {}).of(getOperationAST(whole) as OperationDefinitionNode);
    this.#rules = { ...unscaled, introspectionScale: maxCost / INTROSPECTIONS / wholeCost };
  }

  /** @param variables Coerced, as `getVariableValues` gives them. */
  of(document: DocumentNode, operation: OperationDefinitionNode, variables: Variables): number {
    const constant = this.#constant.get(operation);
    if (constant !== undefined) return constant;
    const costing = new Costing(this.#rules, document, variables);
    const cost = costing.of(operation);
    if (!costing.readVariables) this.#constant.set(operation, cost);
    return cost;
  }
}

interface CostRules {
  readonly schema: GraphQLSchema;
  readonly model: CostModel;
  /** By `type.field` of introspection. */
  readonly schemaLists: Sizes;
  readonly introspectionScale: number;
}

/** One reckoning for one set of variables. Each fragment is reckoned once for what its lists are sized to. */
class Costing {
  /** Whether what came out depends on the variables. */
  readVariables = false;
  readonly #rules: CostRules;
  readonly #variables: Variables;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #reckoned = new Map<string, number>();

  constructor(rules: CostRules, document: DocumentNode, variables: Variables) {
    this.#rules = rules;
    this.#variables = variables;
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
    }
  }

  of(operation: OperationDefinitionNode): number {
    return this.#selections(this.#rules.schema.getRootType(operation.operation), operation.selectionSet, NOTHING_SIZED);
  }

  /** @param sized Sizes of fields that are the list of the page they stand in. */
  #selections(
    type: GraphQLNamedType | null | undefined,
    selectionSet: SelectionSetNode | undefined,
    sized: Sizes,
  ): number {
    let cost = 0;
    for (const selection of selectionSet?.selections ?? []) {
      if (selection.kind === Kind.FIELD) cost += this.#field(type, selection, sized);
      else if (selection.kind === Kind.FRAGMENT_SPREAD) cost += this.#fragment(selection.name.value, sized);
      else {
        const { typeCondition } = selection;
        const inner = typeCondition === undefined ? type : this.#rules.schema.getType(typeCondition.name.value);
        cost += this.#selections(inner, selection.selectionSet, sized);
      }
    }
    return cost;
  }

  #fragment(name: string, sized: Sizes): number {
    const key = sized.size === 0 ? name : `${name} ${[...sized].join()}`;
    const known = this.#reckoned.get(key);
    if (known !== undefined) return known;
    this.#reckoned.set(key, 0);
    const fragment = this.#fragments.get(name);
    const type = fragment && this.#rules.schema.getType(fragment.typeCondition.name.value);
    const cost = this.#selections(type, fragment?.selectionSet, sized);
    this.#reckoned.set(key, cost);
    return cost;
  }

  #field(type: GraphQLNamedType | null | undefined, node: FieldNode, sized: Sizes): number {
    const { model, introspectionScale } = this.#rules;
    const field = definitionOf(type, node.name.value);
    if (type === null || type === undefined || field === undefined) return 0;
    const rule = model.field(type.name, field.name);
    const sizes = this.#sizes(type, field, node, rule, sized);
    const returned = getNamedType(field.type);
    const weight = rule?.weight ?? model.typeWeight(returned.name) ?? (isCompositeType(returned) ? 1 : 0);
    const below = this.#selections(returned, node.selectionSet, sizes.below);
    const scale = field === SchemaMetaFieldDef || field === TypeMetaFieldDef ? introspectionScale : 1;
    return scale * (this.#arguments(field, node, rule) + sizes.own * (weight + below));
  }

  /** How often the field's value stands in the answer, and which of its own fields are lists of which size. */
  #sizes(
    type: GraphQLNamedType,
    field: Field,
    node: FieldNode,
    rule: FieldCost | undefined,
    sized: Sizes,
  ): { readonly own: number; readonly below: Sizes } {
    const isList = isListType(getNullableType(field.type));
    const list = rule?.list;
    const known = sized.get(field.name) ?? this.#rules.schemaLists.get(`${type.name}.${field.name}`);
    if (list === undefined) return { own: known ?? (isList ? DEFAULT_LIST_SIZE : 1), below: NOTHING_SIZED };
    const asked = list.slicingArguments
      .map((name) => this.#argument(field, node, name))
      .filter((value) => typeof value === 'number')
      .map((value) => Math.max(0, value));
    const size = asked.length > 0 ? Math.max(...asked) : this.#assumed(field, node, list.assumedSize);
    if (list.sizedFields.length === 0) return { own: size, below: NOTHING_SIZED };
    return {
      own: isList ? (known ?? DEFAULT_LIST_SIZE) : 1,
      below: new Map(list.sizedFields.map((name) => [name, size])),
    };
  }

  /** A field that takes `ids` answers one thing for each, whatever is assumed of it without looking. */
  #assumed(field: Field, node: FieldNode, assumedSize: number = DEFAULT_LIST_SIZE): number {
    const ids = this.#argument(field, node, 'ids');
    return Array.isArray(ids) ? Math.min(assumedSize, ids.length) : assumedSize;
  }

  #arguments(field: Field, node: FieldNode, rule: FieldCost | undefined): number {
    let cost = 0;
    for (const { name, type } of field.args) {
      const weight = rule?.argumentWeights.get(name);
      if (weight === undefined && !this.#rules.model.weighsInputs) continue;
      const value = this.#argument(field, node, name);
      if (value !== undefined && value !== null) cost += (weight ?? 0) + this.#input(type, value);
    }
    return cost;
  }

  #input(type: GraphQLInputType, value: unknown): number {
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      const items: readonly unknown[] = Array.isArray(value) ? value : [value];
      return items.reduce<number>((sum, item) => sum + this.#input(nullable.ofType, item), 0);
    }
    if (!isInputObjectType(nullable) || typeof value !== 'object' || value === null) return 0;
    const fields = nullable.getFields();
    return Object.entries(value).reduce((sum, [name, inner]) => {
      const field = fields[name];
      if (field === undefined) return sum;
      return sum + (this.#rules.model.inputWeight(nullable.name, name) ?? 0) + this.#input(field.type, inner);
    }, 0);
  }

  #argument(field: Field, node: FieldNode, name: string): unknown {
    const given = node.arguments?.find((argument) => argument.name.value === name)?.value;
    const value = given === undefined ? undefined : this.#value(given);
    return value === undefined ? field.args.find((argument) => argument.name === name)?.defaultValue : value;
  }

  #value(node: ValueNode): unknown {
    if (node.kind === Kind.VARIABLE) {
      this.readVariables = true;
      return this.#variables[node.name.value];
    }
    if (node.kind === Kind.INT) return Number(node.value);
    if (node.kind !== Kind.LIST && node.kind !== Kind.OBJECT) return valueFromASTUntyped(node);
    this.readVariables = true;
    return valueFromASTUntyped(node, this.#variables);
  }
}

function definitionOf(type: GraphQLNamedType | null | undefined, name: string): Field | undefined {
  if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
  if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
}
