import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { ContractError, ERRORS } from '@supercontext/contract';
import { formatError } from '@supercontext/runtime/format-error.ts';
import type { Logger } from '@supercontext/runtime/log.ts';
import { GraphQLError, getVariableValues } from 'graphql';
import type { GatewayConfig } from './config.ts';
import type { Federation } from './federation.ts';
import type { PersistedDocuments } from './persisted-documents.ts';
import { closeRequestContext, type RequestContext } from './request-context.ts';

export interface ApolloOptions {
  readonly config: GatewayConfig;
  readonly federation: Federation;
  readonly documents: PersistedDocuments;
  readonly log: Logger;
  readonly report: (error: unknown) => void;
}

/**
 * Apollo Server over the federation. It answers whatever is not a known operation in a plain POST: documents that are not
 * valid, GET, preflights of browsers, and the rest of GraphQL over HTTP.
 */
export function apolloServer({
  config,
  federation,
  documents,
  log,
  report,
}: ApolloOptions): ApolloServer<RequestContext> {
  return new ApolloServer<RequestContext>({
    gateway: federation.gateway,
    logger: log,
    introspection: true,
    csrfPrevention: true,
    persistedQueries: { cache: documents, ttl: null },
    parseOptions: { maxTokens: config.limits.maxTokens },
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    stringifyResult: (value) => JSON.stringify(value),
    formatError: (formatted, error) => formatError(formatted, error, report),
    plugins: [ApolloServerPluginLandingPageDisabled(), refuseSubscriptions, refuseCost(federation)],
  });
}

const refuseSubscriptions: ApolloServerPlugin<RequestContext> = {
  async requestDidStart({ contextValue }) {
    return {
      async didResolveOperation({ operation }) {
        if (operation?.operation !== 'subscription') return;
        throw new GraphQLError('Subscriptions are served over WebSocket, at this same address', {
          extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
        });
      },
      async willSendResponse({ operationName }) {
        closeRequestContext(contextValue, operationName ?? undefined);
      },
    };
  },
};

/** The documents have been admitted before they come here; what an operation costs depends on its variables, too. */
function refuseCost(federation: Federation): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ request, document, operation }) {
          const { state } = federation;
          const definitions = operation?.variableDefinitions ?? [];
          const { coerced } = getVariableValues(state.apiSchema, definitions, request.variables ?? {});
          // Variables that are refused are so a moment later.
          if (operation === undefined || coerced === undefined) return;
          try {
            state.checkCost(document, operation, coerced);
          } catch (error) {
            if (!(error instanceof ContractError)) throw error;
            throw new GraphQLError(error.message, {
              originalError: error,
              extensions: { code: error.code, http: { status: ERRORS[error.code].status } },
            });
          }
        },
      };
    },
  };
}
