import { type DocumentNode, Kind, valueFromASTUntyped } from 'graphql';

/**
 * Arguments of a composed directive on the fields of a type of the supergraph, by field. The API schema no longer has it.
 * The name is matched with a namespace, too, as the supergraph's link to the directive may give it one.
 */
export function appliedDirectives(
  supergraph: DocumentNode,
  typeName: string,
  directive: string,
): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  const applied = new Map<string, Readonly<Record<string, unknown>>>();
  for (const definition of supergraph.definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION || definition.name.value !== typeName) continue;
    for (const field of definition.fields ?? []) {
      const found = field.directives?.find(
        ({ name }) => name.value === directive || name.value.endsWith(`__${directive}`),
      );
      if (found === undefined) continue;
      const values = (found.arguments ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value)]);
      applied.set(field.name.value, Object.fromEntries(values));
    }
  }
  return applied;
}
