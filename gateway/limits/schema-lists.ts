import {
  type GraphQLNamedType,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';

/** Sizes of the lists of introspection, by `type.field`: how many types there are, and how many fields a type has on average. */
export function averageListSizes(schema: GraphQLSchema): ReadonlyMap<string, number> {
  const types = Object.values(schema.getTypeMap());
  const directives = schema.getDirectives();
  const withFields = types.filter((type) => isObjectType(type) || isInterfaceType(type));
  const fields = withFields.flatMap((type) => Object.values(type.getFields()));
  /** Over all types, since a list of types has those without as well. */
  const perType = (sizeOf: (type: GraphQLNamedType) => number): number =>
    Math.max(1, types.reduce((sum, type) => sum + sizeOf(type), 0) / types.length);
  return new Map([
    ['__Schema.types', types.length],
    ['__Schema.directives', directives.length],
    ['__Type.fields', perType((type) => (isObjectType(type) || isInterfaceType(type) ? count(type.getFields()) : 0))],
    ['__Type.inputFields', perType((type) => (isInputObjectType(type) ? count(type.getFields()) : 0))],
    ['__Type.enumValues', perType((type) => (isEnumType(type) ? type.getValues().length : 0))],
    ['__Type.interfaces', perType((type) => ('getInterfaces' in type ? type.getInterfaces().length : 0))],
    ['__Type.possibleTypes', perType((type) => (isAbstractType(type) ? schema.getPossibleTypes(type).length : 0))],
    ['__Field.args', Math.max(1, fields.reduce((sum, { args }) => sum + args.length, 0) / Math.max(1, fields.length))],
    ['__Directive.args', 2],
    ['__Directive.locations', 5],
  ]);
}

function count(fields: object): number {
  return Object.keys(fields).length;
}
