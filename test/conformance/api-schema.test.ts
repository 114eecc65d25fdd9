import { fileURLToPath } from 'node:url';
import {
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type GraphQLType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql';
import { beforeAll, expect, it } from 'vitest';
import loadApiSchema from '../../codegen/load-api-schema.ts';
import { ERRORS } from '../../supergraph/contract/errors.ts';

// What a client sees of the graph, whole: everything says what it is, and nothing is there that nobody can reach.
let schema: GraphQLSchema;
let types: GraphQLNamedType[];

beforeAll(async () => {
  schema = await loadApiSchema(fileURLToPath(new URL('../../supergraph/supergraph.graphql', import.meta.url)));
  types = Object.values(schema.getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  );
});

const namedTypeOf = (type: GraphQLType): GraphQLNamedType => getNamedType(type);

const fieldsOf = (type: GraphQLNamedType): readonly (GraphQLField<unknown, unknown> | GraphQLInputField)[] =>
  isObjectType(type) || isInterfaceType(type) || isInputObjectType(type) ? Object.values(type.getFields()) : [];

it('says of every type, field, argument and value what it is', () => {
  const silent = types.flatMap((type) => [
    ...(type.description ? [] : [type.name]),
    ...fieldsOf(type).flatMap((field) => [
      ...(field.description ? [] : [`${type.name}.${field.name}`]),
      ...('args' in field ? field.args : [])
        .filter(({ description }) => !description)
        .map(({ name }) => `${type.name}.${field.name}(${name}:)`),
    ]),
    ...(isEnumType(type) ? type.getValues() : [])
      .filter(({ description }) => !description)
      .map(({ name }) => `${type.name}.${name}`),
  ]);
  expect(silent).toEqual([]);
});

it('has no type that no operation reaches', () => {
  const reached = new Set<GraphQLNamedType>();
  const reach = (type: GraphQLNamedType | null | undefined) => {
    if (type == null || reached.has(type)) return;
    reached.add(type);
    for (const field of fieldsOf(type)) {
      reach(namedTypeOf(field.type));
      for (const argument of 'args' in field ? field.args : []) reach(namedTypeOf(argument.type));
    }
    if (isObjectType(type) || isInterfaceType(type)) for (const one of type.getInterfaces()) reach(one);
    if (isInterfaceType(type) || 'getTypes' in type) for (const one of schema.getPossibleTypes(type)) reach(one);
  };
  for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) reach(root);
  expect(types.filter((type) => !reached.has(type)).map(({ name }) => name)).toEqual([]);
});

it('specifies its scalars', () => {
  for (const type of types)
    if (isScalarType(type)) expect([type.name, type.specifiedByURL]).toEqual([type.name, expect.any(String)]);
});

it('lists the codes of the contract, with what each means, and no others', () => {
  const codes = schema.getType('ErrorCode');
  const said = isEnumType(codes) ? codes.getValues().map(({ name, description }) => [name, description]) : [];
  const meant = Object.entries(ERRORS).map(([name, { when }]) => [name, `${when[0]?.toUpperCase()}${when.slice(1)}.`]);
  expect(Object.fromEntries(said)).toEqual(Object.fromEntries(meant));
});

it('takes one input and gives one payload, named after its mutation', () => {
  for (const { name, args, type } of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const title = name[0]?.toUpperCase() + name.slice(1);
    expect([name, args.map((argument) => argument.name), String(type)]).toEqual([name, ['input'], `${title}Payload!`]);
  }
});
