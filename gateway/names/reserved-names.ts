import { type DocumentNode, Kind, visit } from 'graphql';

/** `__proto__` is the name of an object's prototype wherever an answer is put together key by key. */
const ALWAYS = ['__typename', '__proto__'];

const FIELD_SETS: ReadonlySet<string> = new Set(['key', 'requires']);
const NAME = /[_A-Za-z]\w*/g;

/**
 * The response names under which a query plan itself reads the answers of subgraphs: the type of an object, and all that the
 * field sets of `@key` and `@requires` name at any depth, under any type. A client's alias that is one of them would be taken
 * for that field.
 */
export function readReservedNames(supergraph: DocumentNode): ReadonlySet<string> {
  const names = new Set(ALWAYS);
  visit(supergraph, {
    Directive({ name, arguments: given = [] }) {
      if (name.value !== 'join__type' && name.value !== 'join__field') return;
      for (const { name: argument, value } of given) {
        if (!FIELD_SETS.has(argument.value) || value.kind !== Kind.STRING) continue;
        for (const [fieldName] of value.value.matchAll(NAME)) names.add(fieldName);
      }
    },
  });
  return names;
}
