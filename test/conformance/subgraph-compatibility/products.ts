/** The subgraph that Apollo's suite looks at: types, keys, data and directives are as the suite wants them. */
export const PRODUCTS_SDL = `
extend schema
  @link(
    url: "https://specs.apollo.dev/federation/v2.3"
    import: [
      "@composeDirective" "@extends" "@external" "@inaccessible" "@interfaceObject" "@key" "@override" "@provides" "@requires"
      "@shareable" "@tag"
    ]
  )
  @link(url: "https://myspecs.dev/myCustomDirective/v1.0", import: ["@custom"])
  @composeDirective(name: "@custom")

directive @custom on OBJECT

type Query {
  product(id: ID!): Product
  deprecatedProduct(sku: String!, package: String!): DeprecatedProduct @deprecated(reason: "ask for product")
}

type Product @custom @key(fields: "id") @key(fields: "sku package") @key(fields: "sku variation { id }") {
  id: ID!
  sku: String
  package: String
  variation: ProductVariation
  dimensions: ProductDimension
  createdBy: User @provides(fields: "totalProductsCreated")
  notes: String @tag(name: "internal")
  research: [ProductResearch!]!
}

type DeprecatedProduct @key(fields: "sku package") {
  sku: String!
  package: String!
  reason: String
  createdBy: User
}

type ProductVariation { id: ID! }

type ProductResearch @key(fields: "study { caseNumber }") {
  study: CaseStudy!
  outcome: String
}

type CaseStudy {
  caseNumber: ID!
  description: String
}

type ProductDimension @shareable {
  size: String
  weight: Float
  unit: String @inaccessible
}

type User @extends @key(fields: "email") {
  email: ID! @external
  name: String @override(from: "users")
  totalProductsCreated: Int @external
  yearsOfEmployment: Int! @external
  averageProductsCreatedPerYear: Int @requires(fields: "totalProductsCreated yearsOfEmployment")
}

type Inventory @interfaceObject @key(fields: "id") {
  id: ID!
  deprecatedProducts: [DeprecatedProduct!]!
}
`;

const CREATOR = { email: 'support@apollographql.com', name: 'Jane Smith', totalProductsCreated: 1337 };
const DEPRECATED = {
  sku: 'apollo-federation-v1',
  package: '@apollo/federation-v1',
  reason: 'Migrate to Federation V2',
  createdBy: CREATOR,
};
const RESEARCH = [
  { study: { caseNumber: '1234', description: 'Federation Study' }, outcome: null },
  { study: { caseNumber: '1235', description: 'Studio Study' }, outcome: null },
];
const DIMENSIONS = { size: 'small', weight: 1, unit: 'kg' };
const PRODUCTS = [
  { id: 'apollo-federation', sku: 'federation', package: '@apollo/federation', variation: { id: 'OSS' } },
  { id: 'apollo-studio', sku: 'studio', package: '', variation: { id: 'platform' } },
].map((product, at) => ({
  ...product,
  dimensions: DIMENSIONS,
  createdBy: CREATOR,
  notes: null,
  research: RESEARCH.slice(at, at + 1),
}));

interface ProductKey {
  readonly id?: string;
  readonly sku?: string;
  readonly package?: string;
  readonly variation?: { readonly id: string };
}

interface UserKey {
  readonly email: string;
  readonly totalProductsCreated?: number;
  readonly yearsOfEmployment?: number;
}

function findProduct(key: ProductKey): (typeof PRODUCTS)[number] | undefined {
  if (key.id !== undefined) return PRODUCTS.find(({ id }) => id === key.id);
  return PRODUCTS.find((product) =>
    product.sku === key.sku && key.package !== undefined
      ? product.package === key.package
      : product.variation.id === key.variation?.id,
  );
}

function findDeprecated(key: { readonly sku: string; readonly package: string }): typeof DEPRECATED | null {
  return key.sku === DEPRECATED.sku && key.package === DEPRECATED.package ? DEPRECATED : null;
}

export const productsResolvers = {
  Query: {
    product: (_: unknown, key: { readonly id: string }) => findProduct(key),
    deprecatedProduct: (_: unknown, key: { readonly sku: string; readonly package: string }) => findDeprecated(key),
  },
  Product: { __resolveReference: findProduct },
  DeprecatedProduct: { __resolveReference: findDeprecated },
  ProductResearch: {
    __resolveReference: ({ study }: { readonly study: { readonly caseNumber: string } }) =>
      RESEARCH.find((research) => research.study.caseNumber === study.caseNumber),
  },
  User: {
    __resolveReference: (key: UserKey) => ({ ...CREATOR, ...key }),
    averageProductsCreatedPerYear: ({ totalProductsCreated = 0, yearsOfEmployment = 1 }: UserKey) =>
      Math.round(totalProductsCreated / yearsOfEmployment),
  },
  Inventory: {
    __resolveReference: ({ id }: { readonly id: string }) =>
      id === 'apollo-oss' ? { id, deprecatedProducts: [DEPRECATED] } : null,
  },
};
