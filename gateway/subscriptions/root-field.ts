import {
  type ASTVisitor,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';

type Fragments = Readonly<Record<string, FragmentDefinitionNode>>;

export interface RootSelections {
  /** In the order of the document, through all fragments; a named fragment counts once. */
  readonly fields: readonly FieldNode[];
  /** Fields, fragments and spreads at the root with `@skip` or `@include`, whatever their condition says. */
  readonly conditional: readonly SelectionNode[];
}

/** Everything an operation selects at its root. With a list of its own in place of the call stack: fragments can be many. */
export function rootSelections(selectionSet: SelectionSetNode, fragments: Fragments): RootSelections {
  const fields: FieldNode[] = [];
  const conditional: SelectionNode[] = [];
  const visited = new Set<string>();
  const open: SelectionNode[] = [...selectionSet.selections].reverse();
  for (let selection = open.pop(); selection !== undefined; selection = open.pop()) {
    if (selection.directives?.some(({ name }) => name.value === 'skip' || name.value === 'include')) {
      conditional.push(selection);
    }
    if (selection.kind === Kind.FIELD) {
      fields.push(selection);
      continue;
    }
    if (selection.kind === Kind.FRAGMENT_SPREAD && visited.has(selection.name.value)) continue;
    if (selection.kind === Kind.FRAGMENT_SPREAD) visited.add(selection.name.value);
    const inner = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments[selection.name.value];
    const selections = inner?.selectionSet.selections ?? [];
    for (let index = selections.length - 1; index >= 0; index--) open.push(selections[index] as SelectionNode);
  }
  return { fields, conditional };
}

/**
 * The one field of a subscription, as CollectFields of the specification makes it: the selections of all places that name it,
 * in fragments too, are one selection. Undefined when there is none. The subscription is one that `singleRootField` passed.
 */
export function rootField(operation: OperationDefinitionNode, fragments: Fragments): FieldNode | undefined {
  const { fields } = rootSelections(operation.selectionSet, fragments);
  const [first] = fields;
  if (first === undefined || fields.length === 1) return first;
  const selections = fields.flatMap(({ selectionSet }) => selectionSet?.selections ?? []);
  if (selections.length === 0) return first;
  return { ...first, selectionSet: { kind: Kind.SELECTION_SET, selections } };
}

/**
 * The rule "Single Root Field" of the specification, in place of graphql-js' own, which does not know its last sentence: a
 * subscription selects one field that is no introspection, and nothing at its root has `@skip` or `@include`. A condition
 * that holds is refused, too: whether a subscription may be opened must not depend on its variables.
 */
export function singleRootField(context: ValidationContext): ASTVisitor {
  let fragments: Fragments | undefined;
  return {
    OperationDefinition(operation) {
      if (operation.operation !== 'subscription') return;
      fragments ??= fragmentsOf(context.getDocument());
      const { fields, conditional } = rootSelections(operation.selectionSet, fragments);
      const refuse = (why: string, nodes: readonly SelectionNode[]): void =>
        context.reportError(new GraphQLError(`A subscription ${why}`, { nodes: nodes.slice(0, 5) }));
      if (conditional.length > 0) refuse('must not use @skip or @include at its root', conditional);
      if (new Set(fields.map(keyOf)).size > 1) refuse('must select only one field at its root', fields);
      const introspective = fields.filter(({ name }) => name.value.startsWith('__'));
      if (introspective.length > 0) refuse('must not select an introspection field at its root', introspective);
    },
  };
}

function keyOf({ alias, name }: FieldNode): string {
  return alias?.value ?? name.value;
}

export function fragmentsOf(document: DocumentNode): Fragments {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  return fragments;
}
