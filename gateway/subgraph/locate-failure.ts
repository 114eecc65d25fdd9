import type { GraphQLDataSource } from '@apollo/gateway';
import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
} from 'graphql';
import type { RequestContext } from '../request-context.ts';

type Options = Parameters<GraphQLDataSource<RequestContext>['process']>[0];
type Response = Awaited<ReturnType<GraphQLDataSource['process']>>;

/** Places told of one failed call: a page of entities has as many as it has fields of the stage, times its entities. */
const MAXIMUM_PLACES = 100;

/**
 * A failed call as an answer in which every field that was asked for failed, so that each error has the path that the client knows the
 * field by. The executor itself would tell that something failed, and not where.
 */
export function locateFailure(
  { message, extensions }: GraphQLError,
  { query = '', variables }: Options['request'],
): Response {
  const document = parse(query, { noLocation: true });
  const operation = document.definitions.find(
    ({ kind }) => kind === Kind.OPERATION_DEFINITION,
  ) as OperationDefinitionNode;
  const fragments = new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  );
  const paths = placesOf(operation.selectionSet, fragments, variables?.representations);
  return { errors: paths.slice(0, MAXIMUM_PLACES).map((path) => ({ message, extensions, path })) as never };
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/** Paths within the answer of the stage. */
function placesOf(selections: SelectionSetNode, fragments: Fragments, representations: unknown): (string | number)[][] {
  return fieldsOf(selections, fragments).flatMap((field) => {
    const name = nameOf(field);
    if (field.name.value !== '_entities' || !Array.isArray(representations)) return [[name]];
    const asked = field.selectionSet === undefined ? [] : fieldsOf(field.selectionSet, fragments).map(nameOf);
    const places = Math.min(representations.length, MAXIMUM_PLACES);
    return Array.from({ length: places }, (_, at) =>
      [...new Set(asked)].map((inEntity) => [name, at, inEntity]),
    ).flat();
  });
}

/** The fields of a selection, those within fragments among them, without the names of types. */
function fieldsOf({ selections }: SelectionSetNode, fragments: Fragments): FieldNode[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return selection.name.value === '__typename' ? [] : [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsOf(selection.selectionSet, fragments);
    const fragment = fragments.get(selection.name.value);
    return fragment === undefined ? [] : fieldsOf(fragment.selectionSet, fragments);
  });
}

function nameOf({ alias, name }: FieldNode): string {
  return (alias ?? name).value;
}
