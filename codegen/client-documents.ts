import { createHash } from 'node:crypto';
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  getArgumentValues,
  Kind,
  type OperationDefinitionNode,
  print,
  stripIgnoredCharacters,
  visit,
} from 'graphql';

/** A document as it is sent: its text and the hash that stands for it. */
export interface SentDocument {
  readonly text: string;
  readonly sha256: string;
}

export interface ClientDocument extends SentDocument {
  readonly name: string;
  readonly kind: OperationDefinitionNode['operation'];
  /** For a stream that can be continued: the root field and the document that continues it after the cursor `$after`. */
  readonly resume?: SentDocument & { readonly field: string; readonly repeatable: boolean };
}

interface Resumable {
  readonly cursor: string;
  readonly argument: string;
  readonly through: string;
}

/** Every operation of the client, in order of name, with the documents that continue its streams. */
export function clientDocuments(
  schema: GraphQLSchema,
  files: readonly { readonly document?: DocumentNode }[],
): readonly ClientDocument[] {
  const definitions = files.flatMap(({ document }) => document?.definitions ?? []);
  const fragments = new Map(
    definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  );
  return definitions
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .map((operation) => clientDocument(schema, operation, fragments))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function clientDocument(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): ClientDocument {
  const name = operation.name?.value;
  if (name === undefined) throw new Error(`an operation of the client needs a name:\n${print(operation)}`);
  const document = { name, kind: operation.operation, ...sent(operation, fragments) };
  const [field] = operation.selectionSet.selections;
  if (operation.operation !== 'subscription' || field?.kind !== Kind.FIELD) return document;
  const resumable = resumableOf(schema, field.name.value);
  if (resumable === null) return document;
  return {
    ...document,
    resume: {
      field: field.alias?.value ?? field.name.value,
      repeatable: resumable.through === field.name.value,
      ...sent(continuation(schema, operation, field, resumable), fragments),
    },
  };
}

/** What `@resumable` says of a subscription field, null when it is not resumable. */
function resumableOf(schema: GraphQLSchema, field: string): Resumable | null {
  const directive = schema.getDirective('resumable');
  const node = schema
    .getSubscriptionType()
    ?.getFields()
    [field]?.astNode?.directives?.find(({ name }) => name.value === 'resumable');
  if (!directive || !node) return null;
  const { cursor, argument, through = field } = getArgumentValues(directive, node) as Partial<Resumable>;
  if (cursor === undefined || argument === undefined) return null;
  return { cursor, argument, through };
}

/** The same selection under the same name, from the field that continues the stream after `$after`. */
function continuation(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  field: FieldNode,
  { argument, through }: Resumable,
): OperationDefinitionNode {
  const type = schema
    .getSubscriptionType()
    ?.getFields()
    [through]?.args.find(({ name }) => name === argument)?.type;
  if (type === undefined) throw new Error(`Subscription.${through} has no argument ${argument}`);
  const named = (value: string) => ({ kind: Kind.NAME, value }) as const;
  const variable = { kind: Kind.VARIABLE, name: named('after') } as const;
  return {
    ...operation,
    name: named(`Continue${operation.name?.value ?? ''}`),
    variableDefinitions: [
      {
        kind: Kind.VARIABLE_DEFINITION,
        variable,
        type: {
          kind: Kind.NON_NULL_TYPE,
          type: { kind: Kind.NAMED_TYPE, name: named(type.toString().replace('!', '')) },
        },
      },
    ],
    selectionSet: {
      kind: Kind.SELECTION_SET,
      selections: [
        {
          ...field,
          alias: field.alias ?? field.name,
          name: named(through),
          arguments: [{ kind: Kind.ARGUMENT, name: named(argument), value: variable }],
        },
      ],
    },
  };
}

function sent(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): SentDocument {
  const used = new Set<FragmentDefinitionNode>();
  const collect = (node: OperationDefinitionNode | FragmentDefinitionNode): void => {
    visit(node, {
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value);
        if (fragment === undefined || used.has(fragment)) return;
        used.add(fragment);
        collect(fragment);
      },
    });
  };
  collect(operation);
  const text = stripIgnoredCharacters([operation, ...used].map(print).join('\n'));
  return { text, sha256: createHash('sha256').update(text).digest('hex') };
}
