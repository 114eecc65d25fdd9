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
  context: {},
  store: {},
  compression: {},
  reasoning: {},
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

/** The documents one stage sends to another, typed against the callee's schema. */
function callsOf(caller: string, callee: string): CodegenConfig['generates'] {
  return {
    [`subgraphs/${caller}/generated/${callee}-calls.ts`]: {
      schema: `subgraphs/${callee}/schema.graphql`,
      documents: `subgraphs/${caller}/calls/${callee}.graphql`,
      plugins: ['typescript', 'typescript-operations', 'typed-document-node'],
      config: { ...erasable, onlyOperationTypes: true, documentMode: 'string' },
    },
  };
}

const config: CodegenConfig = {
  generates: {
    ...resolversOf('context'),
    ...resolversOf('store'),
    ...resolversOf('compression'),
    ...resolversOf('reasoning'),
    ...callsOf('context', 'store'),
  },
};

export default config;
