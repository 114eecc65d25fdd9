import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  print,
  type SelectionSetNode,
} from 'graphql';

type Json = Record<string, unknown>;
type Fragments = Readonly<Record<string, FragmentDefinitionNode>>;

/**
 * Cuts data down to a selection. Returns undefined when the data lacks something that was selected, as it does while
 * another subgraph has still to be asked.
 */
export type Projection = (data: Json) => Json | undefined;

interface Step {
  readonly key: string;
  /** Names of the object types it applies to; null for all. */
  readonly types: ReadonlySet<string> | null;
  readonly children: readonly Step[] | null;
}

/** Compiles an operation's selection. Undefined where a plain projection cannot tell what was selected, as with `@include`. */
export function compileProjection(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: Fragments,
): Projection | undefined {
  const root = schema.getRootType(operation.operation);
  const steps = root && compile(schema, root, operation.selectionSet, fragments);
  return steps ? (data) => project(data, steps) : undefined;
}

function project(data: Json, steps: readonly Step[]): Json | undefined {
  const result: Json = {};
  for (const { key, types, children } of steps) {
    if (types !== null) {
      const typename = data.__typename;
      if (typeof typename !== 'string') return undefined;
      if (!types.has(typename)) continue;
    }
    const value = data[key];
    if (value === undefined) return undefined;
    const kept = children === null ? value : projectValue(value, children);
    if (kept === undefined) return undefined;
    result[key] = kept;
  }
  return result;
}

function projectValue(value: unknown, steps: readonly Step[]): unknown {
  if (value === null) return null;
  if (!Array.isArray(value)) return project(value as Json, steps);
  const result: unknown[] = [];
  for (const item of value) {
    const kept = projectValue(item, steps);
    if (kept === undefined) return undefined;
    result.push(kept);
  }
  return result;
}

function compile(
  schema: GraphQLSchema,
  parent: GraphQLNamedType,
  selectionSet: SelectionSetNode,
  fragments: Fragments,
): Step[] | undefined {
  const steps: Step[] = [];
  const add = (type: GraphQLNamedType, types: ReadonlySet<string> | null, selections: SelectionSetNode): boolean => {
    for (const selection of selections.selections) {
      if ((selection.directives?.length ?? 0) > 0) return false;
      if (selection.kind === Kind.FIELD) {
        const step = compileField(schema, type, types, selection, fragments);
        if (step === undefined || overlaps(steps, step)) return false;
        steps.push(step);
        continue;
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments[selection.name.value];
      if (fragment === undefined || (fragment.directives?.length ?? 0) > 0) return false;
      const condition = fragment.typeCondition ? schema.getType(fragment.typeCondition.name.value) : type;
      if (!isCompositeType(condition)) return false;
      if (!add(condition, narrow(schema, parent, types, condition), fragment.selectionSet)) return false;
    }
    return true;
  };
  return add(parent, null, selectionSet) ? steps : undefined;
}

function compileField(
  schema: GraphQLSchema,
  parent: GraphQLNamedType,
  types: ReadonlySet<string> | null,
  field: FieldNode,
  fragments: Fragments,
): Step | undefined {
  const key = field.alias?.value ?? field.name.value;
  if (field.selectionSet === undefined) return { key, types, children: null };
  if (!isObjectType(parent) && !isInterfaceType(parent)) return undefined;
  const type = getNamedType(parent.getFields()[field.name.value]?.type);
  const children = type && compile(schema, type, field.selectionSet, fragments);
  return children && { key, types, children };
}

/** The object types a condition leaves of those there were before; null when it excludes none. */
function narrow(
  schema: GraphQLSchema,
  parent: GraphQLNamedType,
  types: ReadonlySet<string> | null,
  condition: GraphQLNamedType,
): ReadonlySet<string> | null {
  if (condition === parent || isObjectType(parent)) return types;
  const possible = isAbstractType(condition)
    ? schema.getPossibleTypes(condition).map(({ name }) => name)
    : [condition.name];
  return new Set(possible.filter((name) => types === null || types.has(name)));
}

/** Whether the same object could get one composite field from two places, whose selections would have to be merged. */
function overlaps(steps: readonly Step[], step: Step): boolean {
  return steps.some(
    ({ key, types, children }) =>
      key === step.key &&
      (children !== null || step.children !== null) &&
      (types === null || step.types === null || !types.isDisjointFrom(step.types)),
  );
}

/** Whether what was sent to the subgraph selects the same response, key for key, as what the client asked for. */
export function sameShape(asked: DocumentNode, operation: OperationDefinitionNode, sent: DocumentNode): boolean {
  const sentOperation = sent.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  if (sentOperation === undefined) return false;
  return shape(operation.selectionSet, fragmentsOf(asked)) === shape(sentOperation.selectionSet, fragmentsOf(sent));
}

function fragmentsOf(document: DocumentNode): Fragments {
  return Object.fromEntries(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
    ),
  );
}

function shape(selectionSet: SelectionSetNode, fragments: Fragments): string {
  const parts = selectionSet.selections.map((selection): string => {
    const directives = (selection.directives ?? []).map((directive) => print(directive)).join('');
    if (selection.kind === Kind.FIELD) {
      const inner = selection.selectionSet ? `{${shape(selection.selectionSet, fragments)}}` : '';
      return `${selection.alias?.value ?? selection.name.value}${directives}${inner}`;
    }
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments[selection.name.value];
    if (fragment === undefined) return '?';
    const condition = fragment.typeCondition?.name.value ?? '';
    return `on ${condition}${directives}{${shape(fragment.selectionSet, fragments)}}`;
  });
  return [...new Set(parts)].sort().join(' ');
}
