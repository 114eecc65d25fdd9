import type { CodegenConfig } from '@graphql-codegen/cli';

/** Options every generated file shares: erasable TypeScript that Node runs as it is. */
const erasable = {
  enumsAsTypes: true,
  useTypeImports: true,
  importExtension: '.ts' as const,
  emitLegacyCommonJSImports: false,
  skipTypename: true,
  scalars: {
    ID: 'string',
    DateTime: 'string',
    Cursor: 'string',
  },
};

/** What a subgraph's resolvers pass on between types: graph type -> `file#type`, relative to its generated file. */
const mappers: Record<string, Record<string, string>> = {
  context: {
    Document: '../log/session-log.ts#DocumentRecord',
    FragmentSegment: '@supercontext/runtime/serve/working-set-resolvers.ts#NumberedSegment',
    Session: '../log/session-log.ts#SessionRecord',
    SessionEdge: '../list-sessions.ts#ListedEdge',
    SummarySegment: '@supercontext/runtime/serve/working-set-resolvers.ts#NumberedSegment',
    Turn: '../log/session-log.ts#TurnRecord',
    WorkingSet: '@supercontext/contract#WorkingSet as ContractWorkingSet',
  },
  store: {
    Fragment: '../read-fragments.ts#FragmentNode',
    FragmentEdge: '../list-fragments.ts#FragmentEdgeNode',
    FragmentHit: '../search-session.ts#FragmentHitNode',
    Session: '../log-gap.ts#SessionReference',
  },
  compression: {
    Session: '../session-reference.ts#SessionReference',
    Summary: '../read-summaries.ts#SummaryNode',
    SummaryChild: '../read-children.ts#SummaryChildNode',
  },
  reasoning: {
    EvidenceChosen: '../stream-tokens.ts#StreamedEvent<"evidence-chosen">',
    FragmentSegment: '@supercontext/runtime/serve/working-set-resolvers.ts#NumberedSegment',
    Generation: '../generation.ts#GenerationRecord',
    GenerationCancelled: '../stream-tokens.ts#StreamedEvent<"cancelled">',
    GenerationCompleted: '../stream-tokens.ts#StreamedEvent<"completed">',
    GenerationFailed: '../stream-tokens.ts#StreamedEvent<"failed">',
    GenerationStarted: '../stream-tokens.ts#StreamedEvent<"started">',
    Model: '../model/model-shelf.ts#ShownModel',
    SummarySegment: '@supercontext/runtime/serve/working-set-resolvers.ts#NumberedSegment',
    TokenDelta: '../stream-tokens.ts#StreamedEvent<"delta">',
    Turn: '../generation.ts#TurnReference',
    WorkingSet: '@supercontext/contract#WorkingSet as ContractWorkingSet',
  },
};

function resolversOf(subgraph: string): CodegenConfig['generates'] {
  return {
    [`subgraphs/${subgraph}/generated/resolvers.ts`]: {
      schema: `subgraphs/${subgraph}/schema.graphql`,
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        ...erasable,
        federation: true,
        makeResolverTypeCallable: true,
        useIndexSignature: false,
        contextType: '../request-context.ts#RequestContext',
        mappers: mappers[subgraph],
      },
    },
  };
}

/** The field with which a subgraph resolves fields of an entity, which its schema file does not show. */
const ENTITY_FIELD = `
  scalar _Any
  union _Entity = Session
  extend type Query { _entities(representations: [_Any!]!): [_Entity]! }
`;

/** The documents one stage sends to another, typed against the callee's schema. */
function callsOf(caller: string, callee: string): CodegenConfig['generates'] {
  return {
    [`subgraphs/${caller}/generated/${callee}-calls.ts`]: {
      schema: [`subgraphs/${callee}/schema.graphql`, ENTITY_FIELD],
      documents: `subgraphs/${caller}/calls/${callee}.graphql`,
      plugins: ['typescript-operations', 'typed-document-node'],
      config: { ...erasable, onlyOperationTypes: true, documentMode: 'string' },
    },
  };
}

/** What a client may see of the graph: without what is inaccessible. */
const apiSchema = { './supergraph/supergraph.graphql': { loader: './codegen/load-api-schema.ts' } };

/** The typed client's operations, and the manifest by which a gateway knows them. */
const client: CodegenConfig['generates'] = {
  'codegen/client/generated/operations.ts': {
    schema: [apiSchema],
    documents: 'codegen/operations/*.graphql',
    plugins: ['typescript-operations', './codegen/emit-documents.ts'],
    config: { ...erasable, onlyOperationTypes: true },
  },
  'codegen/client/persisted-documents.json': {
    schema: [apiSchema],
    documents: 'codegen/operations/*.graphql',
    plugins: ['./codegen/emit-manifest.ts'],
  },
};

const config: CodegenConfig = {
  generates: {
    ...resolversOf('context'),
    ...resolversOf('store'),
    ...resolversOf('compression'),
    ...resolversOf('reasoning'),
    ...callsOf('context', 'store'),
    ...callsOf('compression', 'store'),
    ...callsOf('compression', 'context'),
    ...callsOf('context', 'compression'),
    ...callsOf('reasoning', 'context'),
    ...client,
  },
};

export default config;
