import {
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  valueFromASTUntyped,
} from 'graphql';

/** How a subscription field can be continued after it broke, as its `@resumable` directive says. */
export interface Resumption {
  /** Field of each event that holds its cursor. */
  readonly cursorField: string;
  /** Argument of `through` that takes a cursor. */
  readonly argument: string;
  /** GraphQL type of that argument. */
  readonly argumentType: string;
  /** Subscription field that continues; the field itself or another one that needs the cursor alone. */
  readonly through: string;
}

const DIRECTIVE = 'resumable';

/**
 * Reads `@resumable(cursor, argument, through)` off the subscription fields of a supergraph. The API schema no longer has it.
 * A directive that names what the schema lacks is ignored, since such a stream cannot be resumed.
 */
export function readResumptions(supergraphSdl: string, apiSchema: GraphQLSchema): ReadonlyMap<string, Resumption> {
  const resumptions = new Map<string, Resumption>();
  const subscriptionType = apiSchema.getSubscriptionType();
  if (!subscriptionType) return resumptions;
  const fields = subscriptionType.getFields();
  for (const definition of parse(supergraphSdl, { noLocation: true }).definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION || definition.name.value !== subscriptionType.name) continue;
    for (const field of definition.fields ?? []) {
      // With a namespace, when the supergraph's link to the directive gives it one.
      const applied = field.directives?.find(
        ({ name }) => name.value === DIRECTIVE || name.value.endsWith(`__${DIRECTIVE}`),
      );
      if (applied === undefined) continue;
      const values = Object.fromEntries(
        (applied.arguments ?? []).map((argument) => [argument.name.value, valueFromASTUntyped(argument.value)]),
      );
      const { cursor, argument } = values;
      const through = values.through ?? field.name.value;
      const eventType = getNamedType(fields[field.name.value]?.type);
      const hasCursor =
        (isObjectType(eventType) || isInterfaceType(eventType)) && eventType.getFields()[String(cursor)];
      const argumentType = fields[String(through)]?.args.find(({ name }) => name === argument)?.type;
      if (!hasCursor || argumentType === undefined) continue;
      resumptions.set(field.name.value, {
        cursorField: String(cursor),
        argument: String(argument),
        argumentType: String(argumentType).replace(/!$/, ''),
        through: String(through),
      });
    }
  }
  return resumptions;
}
