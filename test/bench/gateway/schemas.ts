const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@composeDirective"])`;

/** A run with a book of the other subgraph, and two streams: one of plain tokens, one as a generation's events are. */
export const STREAM_SDL = `${LINK}
  @link(url: "https://supercontext.dev/stream/v1.0", import: ["@resumable"])
  @composeDirective(name: "@resumable")
directive @resumable(cursor: String!, argument: String!, through: String) on FIELD_DEFINITION
type Query { run(id: ID!): Run }
type Run @key(fields: "id") { id: ID! status: String! book: Book }
type Book @key(fields: "id", resolvable: false) { id: ID! }
type Subscription {
  tokens(count: Int!): Token!
  events(count: Int!, after: String): Event! @resumable(cursor: "cursor", argument: "after")
}
type Token { sequence: Int! text: String! tokens: Int! }
interface Event { cursor: String! sequence: Int! }
type TokenDelta implements Event { cursor: String! sequence: Int! text: String! tokens: Int! }
type Cited implements Event { cursor: String! sequence: Int! book: Book! }
`;

export const LIBRARY_SDL = `${LINK}
type Query { libraryName: String }
type Book @key(fields: "id") { id: ID! title: String! author: Author! }
type Author { name: String! }
`;
