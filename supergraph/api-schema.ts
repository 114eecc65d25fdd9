import { type DirectiveNode, type DocumentNode, Kind, visit } from 'graphql';

/** Names of the machinery that only gateways read. */
const MACHINERY = /^(join__|link__|link$|inaccessible$|cost$|listSize$)/;

/** What a client may see of a supergraph: its definitions without what is inaccessible and without the gateway's machinery. */
export function apiDocument(supergraph: DocumentNode): DocumentNode {
  const keepVisible = (node: { readonly directives?: readonly DirectiveNode[] | undefined }) =>
    node.directives?.some(({ name }) => name.value === 'inaccessible') ? null : undefined;
  const keepKnown = (node: { readonly name: { readonly value: string } }) =>
    MACHINERY.test(node.name.value) ? null : undefined;
  const visible = visit(supergraph, {
    [Kind.FIELD_DEFINITION]: keepVisible,
    [Kind.INPUT_VALUE_DEFINITION]: keepVisible,
    [Kind.ENUM_VALUE_DEFINITION]: keepVisible,
    [Kind.OBJECT_TYPE_DEFINITION]: keepVisible,
    [Kind.INTERFACE_TYPE_DEFINITION]: keepVisible,
    [Kind.UNION_TYPE_DEFINITION]: keepVisible,
    [Kind.INPUT_OBJECT_TYPE_DEFINITION]: keepVisible,
  });
  return visit(visible, {
    [Kind.DIRECTIVE]: keepKnown,
    [Kind.DIRECTIVE_DEFINITION]: keepKnown,
    [Kind.SCALAR_TYPE_DEFINITION]: keepKnown,
    [Kind.ENUM_TYPE_DEFINITION]: keepKnown,
    [Kind.INPUT_OBJECT_TYPE_DEFINITION]: keepKnown,
  });
}
