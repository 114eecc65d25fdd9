import { fileURLToPath } from 'node:url';
import { type CommonConfig, commonSettings, type DEFAULT_PORTS } from '@supercontext/runtime/common-settings.ts';
import {
  ConfigError,
  file,
  flag,
  integer,
  optional,
  type Parser,
  parser,
  readConfig,
  type Settings,
  text,
  url,
} from '@supercontext/runtime/config.ts';
import { canonicalHost, isLoopback } from './hosts.ts';
import type { Limits } from './limits/document-limits.ts';
import { ANY_ORIGIN, canonicalOrigin } from './origins.ts';
import type { SubgraphPolicy } from './subgraph/subgraph-request.ts';
import type { StreamPolicy } from './subscriptions/resume.ts';

export interface GatewayConfig {
  readonly host: string;
  readonly port: number;
  readonly signingKey: string;
  readonly logLevel: string;
  readonly otlpEndpoint: string | null;
  readonly supergraphPath: string;
  /** Where a subgraph answers, by name, where that is not what the supergraph says. */
  readonly subgraphUrls: Readonly<Record<string, string>>;
  readonly documentsPath: string;
  readonly consolePath: string;
  readonly hosts: readonly string[];
  readonly corsOrigins: readonly string[];
  readonly bodyLimitBytes: number;
  readonly limits: Limits;
  readonly maxSubscriptions: number;
  readonly requestTimeoutMs: number;
  readonly keepAliveMs: number;
  readonly subgraph: SubgraphPolicy;
  readonly stream: StreamPolicy;
}

interface Environment extends CommonConfig {
  readonly contextUrl: string | null;
  readonly storeUrl: string | null;
  readonly compressionUrl: string | null;
  readonly reasoningUrl: string | null;
  readonly supergraphPath: string;
  readonly documentsPath: string;
  readonly consolePath: string;
  readonly hosts: readonly string[];
  readonly corsOrigins: readonly string[];
  readonly allowRemote: boolean;
  readonly bodyLimitBytes: number;
  readonly maxDocumentBytes: number;
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxFields: number;
  readonly maxTokens: number;
  readonly maxCost: number;
  readonly maxSubscriptions: number;
  readonly requestTimeoutMs: number;
  readonly keepAliveMs: number;
  readonly bufferEvents: number;
  readonly slowReaderMs: number;
}

const MiB = 1024 * 1024;
const fromRoot = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

const subgraphUrl = (stage: keyof typeof DEFAULT_PORTS) => ({
  variable: `SUPERCONTEXT_${stage.toUpperCase()}_URL`,
  parse: optional(url()),
  fallback: null,
  otherwise: 'the routing URL of the supergraph',
  meaning: `where the ${stage} stage answers`,
});

const count = (variable: string, fallback: number, meaning: string) => ({
  variable,
  parse: integer({ min: 1, max: 2 ** 31 - 1 }),
  fallback,
  meaning,
});

/** Names after one another, each brought into its one form. */
function list(expected: string, canonical: (item: string) => string | undefined): Parser<readonly string[]> {
  return parser(`comma-separated, each ${expected}`, (value) =>
    value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
      .map((item) => {
        const known = canonical(item);
        if (known === undefined) throw new Error(`expected ${expected}, found ${JSON.stringify(item)}`);
        return known;
      }),
  );
}

/** Every setting of the gateway. */
export const SETTINGS: Settings<Environment> = {
  ...commonSettings('gateway'),
  contextUrl: subgraphUrl('context'),
  storeUrl: subgraphUrl('store'),
  compressionUrl: subgraphUrl('compression'),
  reasoningUrl: subgraphUrl('reasoning'),
  supergraphPath: {
    variable: 'SUPERCONTEXT_SUPERGRAPH',
    parse: file(),
    fallback: fromRoot('supergraph/supergraph.graphql'),
    meaning: 'file with the composed supergraph; watched and swapped when it changes',
  },
  documentsPath: {
    variable: 'SUPERCONTEXT_DOCUMENTS',
    parse: file(),
    fallback: fromRoot('codegen/client/persisted-documents.json'),
    meaning:
      'manifest of documents known by hash or id from the start: JSON, {id: document}, as relay-compiler writes it',
  },
  consolePath: {
    variable: 'SUPERCONTEXT_CONSOLE',
    parse: text('a folder'),
    fallback: fromRoot('console/web/dist'),
    meaning: 'folder of the built console, served at / when it exists',
  },
  hosts: {
    variable: 'SUPERCONTEXT_HOSTS',
    parse: list('a host or host:port', (host) => canonicalHost(host)?.host),
    fallback: [],
    meaning: 'names it is called by beside localhost and the address it listens on',
  },
  corsOrigins: {
    variable: 'SUPERCONTEXT_CORS_ORIGINS',
    parse: list('an origin like https://app.example', (origin) =>
      origin === ANY_ORIGIN ? ANY_ORIGIN : canonicalOrigin(origin),
    ),
    fallback: ['https://studio.apollographql.com'],
    meaning:
      'origins whose pages may call from a browser beside its own and, where it listens on loopback only, those of this machine; * for all; replaces the default, which is Apollo Studio',
  },
  allowRemote: {
    variable: 'SUPERCONTEXT_ALLOW_REMOTE',
    parse: flag(),
    fallback: false,
    meaning: 'whether to listen on an address other machines can reach: everybody there may do everything',
  },
  bodyLimitBytes: count(
    'SUPERCONTEXT_BODY_LIMIT_BYTES',
    16 * MiB,
    'longest request body and WebSocket message, in bytes',
  ),
  maxDocumentBytes: count(
    'SUPERCONTEXT_MAX_DOCUMENT_BYTES',
    128 * 1024,
    'longest document, in bytes; texts go in variables',
  ),
  maxDepth: count('SUPERCONTEXT_MAX_DEPTH', 20, 'levels of selections in a document'),
  maxAliases: count('SUPERCONTEXT_MAX_ALIASES', 24, 'aliases in a document'),
  maxFields: count('SUPERCONTEXT_MAX_FIELDS', 500, 'fields of an operation, its fragments written out'),
  maxTokens: count('SUPERCONTEXT_MAX_DOCUMENT_TOKENS', 10_000, 'lexical tokens of a document'),
  maxCost: count('SUPERCONTEXT_MAX_COST', 5_000, 'what an operation may cost: about the objects of its answer'),
  maxSubscriptions: count('SUPERCONTEXT_MAX_SUBSCRIPTIONS', 128, 'operations open at once on one WebSocket'),
  requestTimeoutMs: count(
    'SUPERCONTEXT_REQUEST_TIMEOUT_MS',
    60_000,
    'longest a query or mutation may take, in milliseconds',
  ),
  keepAliveMs: count(
    'SUPERCONTEXT_KEEP_ALIVE_MS',
    12_000,
    'milliseconds between two pings of a WebSocket; one without answer closes it',
  ),
  bufferEvents: count(
    'SUPERCONTEXT_STREAM_BUFFER_EVENTS',
    1_024,
    'events a reader may be behind before its stream pauses or ends',
  ),
  slowReaderMs: count(
    'SUPERCONTEXT_SLOW_READER_MS',
    30_000,
    'longest a reader with a full buffer may take nothing, in milliseconds',
  ),
};

/** @throws ConfigError naming all that is wrong with the environment at once. */
export function gatewayConfig(env: NodeJS.ProcessEnv = process.env): GatewayConfig {
  const { allowRemote, requestTimeoutMs, bufferEvents, slowReaderMs, ...settings } = readConfig(env, SETTINGS);
  const { maxDocumentBytes, maxDepth, maxAliases, maxFields, maxTokens, maxCost, ...rest } = settings;
  if (!allowRemote && !isLoopback(rest.host)) {
    const why =
      'the gateway has no access control yet; set SUPERCONTEXT_ALLOW_REMOTE=1 if everybody who reaches it may use it';
    throw new ConfigError([`SUPERCONTEXT_HOST="${rest.host}": ${why}`]);
  }
  const { contextUrl: context, storeUrl: store, compressionUrl: compression, reasoningUrl: reasoning } = rest;
  const named = Object.entries({ context, store, compression, reasoning });
  return Object.freeze({
    ...rest,
    subgraphUrls: Object.fromEntries(named.flatMap(([name, address]) => (address === null ? [] : [[name, address]]))),
    limits: { maxDocumentBytes, maxDepth, maxAliases, maxFields, maxTokens, maxCost },
    requestTimeoutMs,
    subgraph: { timeoutMs: requestTimeoutMs, ...SUBGRAPH_DEFAULTS },
    stream: { bufferEvents, slowReaderMs, ...RESUME_DEFAULTS },
  });
}

export const SUBGRAPH_DEFAULTS = {
  retries: 2,
  retryBaseMs: 50,
  breaker: { failureThreshold: 10, openMs: 1_000 },
} as const;

/** About a minute in all: long enough for a stage to be started again and load its model. */
export const RESUME_DEFAULTS = { resumeTries: 60, resumeBackoff: { firstMs: 50, longestMs: 2_000 } } as const;

/** Apollo's gateway reports its use to Apollo over the network unless the environment forbids it. */
export function forbidApolloTelemetry(): void {
  process.env.APOLLO_TELEMETRY_DISABLED = 'true';
}
