import { type DocumentNode, GraphQLError, type GraphQLSchema, isScalarType, Kind } from 'graphql';

/**
 * Has the scalars that a stage declares itself, such as its cursors and dates, take texts only. As graphql-js makes a scalar,
 * it takes any JSON, lists and objects too, and hands it to resolvers that were promised a text.
 */
export function readScalarsAsText(schema: GraphQLSchema, typeDefs: DocumentNode): void {
  for (const definition of typeDefs.definitions) {
    const type = definition.kind === Kind.SCALAR_TYPE_DEFINITION ? schema.getType(definition.name.value) : undefined;
    if (!isScalarType(type)) continue;
    type.parseValue = (value: unknown): string => {
      if (typeof value === 'string') return value;
      throw new GraphQLError(`${type.name} has to be a text`);
    };
    type.parseLiteral = (node): string => type.parseValue(node.kind === Kind.STRING ? node.value : undefined) as string;
  }
}
