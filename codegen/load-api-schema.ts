import { readFile } from 'node:fs/promises';
import { buildASTSchema, type DirectiveNode, type GraphQLSchema, Kind, parse, visit } from 'graphql';

/** Names of the machinery that only gateways read. */
const MACHINERY = /^(join__|link__|link$|inaccessible$|cost$|listSize$)/;

/** What a client may see of a supergraph: its file without what is inaccessible and without the gateway's machinery. */
export default async function loadApiSchema(path: string): Promise<GraphQLSchema> {
  const keepVisible = (node: { readonly directives?: readonly DirectiveNode[] | undefined }) =>
    node.directives?.some(({ name }) => name.value === 'inaccessible') ? null : undefined;
  const keepKnown = (node: { readonly name: { readonly value: string } }) =>
    MACHINERY.test(node.name.value) ? null : undefined;
  const visible = visit(parse(await readFile(path, 'utf8')), {
    [Kind.FIELD_DEFINITION]: keepVisible,
    [Kind.INPUT_VALUE_DEFINITION]: keepVisible,
    [Kind.ENUM_VALUE_DEFINITION]: keepVisible,
    [Kind.OBJECT_TYPE_DEFINITION]: keepVisible,
    [Kind.INTERFACE_TYPE_DEFINITION]: keepVisible,
    [Kind.UNION_TYPE_DEFINITION]: keepVisible,
    [Kind.INPUT_OBJECT_TYPE_DEFINITION]: keepVisible,
  });
  const api = visit(visible, {
    [Kind.DIRECTIVE]: keepKnown,
    [Kind.DIRECTIVE_DEFINITION]: keepKnown,
    [Kind.SCALAR_TYPE_DEFINITION]: keepKnown,
    [Kind.ENUM_TYPE_DEFINITION]: keepKnown,
    [Kind.INPUT_OBJECT_TYPE_DEFINITION]: keepKnown,
  });
  return buildASTSchema(api);
}
