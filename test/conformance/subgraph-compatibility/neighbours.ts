/** What the suite composes the products with. */
export const USERS_SDL = `
extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])

type User @key(fields: "email") {
  email: ID!
  name: String
  totalProductsCreated: Int @shareable
  yearsOfEmployment: Int!
}
`;

export const usersResolvers = {
  User: {
    __resolveReference: ({ email }: { readonly email: string }) =>
      email === 'support@apollographql.com'
        ? { email, name: 'Apollo Studio Support', totalProductsCreated: 10, yearsOfEmployment: 10 }
        : null,
  },
};

export const INVENTORY_SDL = `
extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@external", "@key", "@requires", "@shareable"])

type Query { inventory(id: ID!): Inventory }

interface Inventory @key(fields: "id") {
  id: ID!
  products: [Product!]!
}

type OpenSourceInventory implements Inventory @key(fields: "id") {
  id: ID!
  products: [Product!]!
}

type Product @key(fields: "id") {
  id: ID!
  dimensions: ProductDimension @external
  delivery(zip: String): DeliveryEstimates @requires(fields: "dimensions { size weight }")
}

type ProductDimension @shareable {
  size: String
  weight: Float
}

type DeliveryEstimates {
  estimatedDelivery: String
  fastestDelivery: String
}
`;

interface MeasuredProduct {
  readonly dimensions: { readonly size: string; readonly weight: number };
}

const openSource = (id: string) =>
  id === 'apollo-oss' ? { __typename: 'OpenSourceInventory', id, products: [{ id: 'apollo-federation' }] } : null;

export const inventoryResolvers = {
  Query: { inventory: (_: unknown, { id }: { readonly id: string }) => openSource(id) },
  Inventory: { __resolveReference: ({ id }: { readonly id: string }) => openSource(id) },
  OpenSourceInventory: { __resolveReference: ({ id }: { readonly id: string }) => openSource(id) },
  Product: {
    delivery: ({ dimensions: { size, weight } }: MeasuredProduct) => ({
      estimatedDelivery: `${size}, ${weight} kg: in a week`,
      fastestDelivery: 'tomorrow',
    }),
  },
};
