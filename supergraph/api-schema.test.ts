import { join } from 'node:path';
import {
  type GraphQLNamedType,
  type GraphQLSchema,
  type GraphQLType,
  getNamedType,
  isAbstractType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { expect, it } from 'vitest';
import loadApiSchema from '../codegen/load-api-schema.ts';

/** The types that a client can get to or has to give, from the three roots on. */
function reachable(schema: GraphQLSchema): ReadonlySet<GraphQLNamedType> {
  const found = new Set<GraphQLNamedType>();
  const visit = (wrapped: GraphQLType) => {
    const type = getNamedType(wrapped);
    if (found.has(type)) return;
    found.add(type);
    if (isAbstractType(type)) schema.getPossibleTypes(type).forEach(visit);
    if (isInputObjectType(type)) for (const field of Object.values(type.getFields())) visit(field.type);
    if (!isObjectType(type) && !isInterfaceType(type)) return;
    type.getInterfaces().forEach(visit);
    for (const field of Object.values(type.getFields())) {
      visit(field.type);
      for (const argument of field.args) visit(argument.type);
    }
  };
  for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()])
    if (root !== undefined && root !== null) visit(root);
  return found;
}

it('shows clients no type that none of their fields leads to: what only stages call hides its types as well', async () => {
  const schema = await loadApiSchema(join(import.meta.dirname, 'supergraph.graphql'));
  const found = reachable(schema);
  const stray = Object.values(schema.getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type) && !found.has(type),
  );
  expect(found.size).toBeGreaterThan(50);
  expect(stray.map(({ name }) => name)).toEqual([]);
});
