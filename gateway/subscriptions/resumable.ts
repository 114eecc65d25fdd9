import { type DocumentNode, type GraphQLSchema, getNamedType, isInterfaceType, isObjectType } from 'graphql';
import { appliedDirectives } from '../applied-directives.ts';

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

/**
 * Reads `@resumable(cursor, argument, through)` off the subscription fields of a supergraph.
 * A directive that names what the schema lacks is ignored, since such a stream cannot be resumed.
 */
export function readResumptions(supergraph: DocumentNode, apiSchema: GraphQLSchema): ReadonlyMap<string, Resumption> {
  const resumptions = new Map<string, Resumption>();
  const subscriptionType = apiSchema.getSubscriptionType();
  if (!subscriptionType) return resumptions;
  const fields = subscriptionType.getFields();
  for (const [name, values] of appliedDirectives(supergraph, subscriptionType.name, 'resumable')) {
    const { cursor, argument, through = name } = values;
    const eventType = getNamedType(fields[name]?.type);
    const hasCursor = (isObjectType(eventType) || isInterfaceType(eventType)) && eventType.getFields()[String(cursor)];
    const argumentType = fields[String(through)]?.args.find((one) => one.name === argument)?.type;
    if (!hasCursor || argumentType === undefined) continue;
    resumptions.set(name, {
      cursorField: String(cursor),
      argument: String(argument),
      argumentType: String(argumentType).replace(/!$/, ''),
      through: String(through),
    });
  }
  return resumptions;
}
