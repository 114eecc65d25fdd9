const PREFIX = 'SUPERCONTEXT_';

/** Every variable that some process of the platform or its command reads, as their tables of settings name them. */
export const KNOWN_SETTINGS: readonly string[] = [
  'ALLOW_REMOTE',
  'BODY_LIMIT_BYTES',
  'COMPRESSION_ATTEMPTS',
  'COMPRESSION_PAUSE_MS',
  'COMPRESSION_PORT',
  'COMPRESSION_SWEEP_MS',
  'COMPRESSION_THREADS',
  'COMPRESSION_URL',
  'CONSOLE',
  'CONTEXT_DIGEST_DEADLINE_MS',
  'CONTEXT_PORT',
  'CONTEXT_SEARCH_DEADLINE_MS',
  'CONTEXT_TEXTS_MIB',
  'CONTEXT_URL',
  'CORS_ORIGINS',
  'DATA',
  'DOCUMENTS',
  'EMBEDDER',
  'ENGINE_KV_MIB',
  'ENGINE_QUEUE',
  'ENGINE_SLOTS',
  'ENGINE_THREADS',
  'GATEWAY_PORT',
  'HOST',
  'HOSTS',
  'KEEP_ALIVE_MS',
  'LOG_LEVEL',
  'MAX_ALIASES',
  'MAX_COST',
  'MAX_DEPTH',
  'MAX_DOCUMENT_BYTES',
  'MAX_DOCUMENT_TOKENS',
  'MAX_FIELDS',
  'MAX_SUBSCRIPTIONS',
  'MODEL',
  'MODEL_BEGIN_MS',
  'MODEL_KEY',
  'MODEL_KEY_FILE',
  'MODEL_NAME',
  'MODEL_PATH',
  'MODEL_SERVERS',
  'MODEL_STALL_MS',
  'MODEL_TOTAL_MS',
  'MODEL_URL',
  'MODEL_WINDOW',
  'OTLP_ENDPOINT',
  'PGVECTOR',
  'PROVIDER',
  'REASONING_PORT',
  'REASONING_URL',
  'REDIS',
  'REDIS_CA_FILE',
  'REDIS_CERTIFICATE_FILE',
  'REDIS_CERTIFICATE_KEY_FILE',
  'REDIS_PASSWORD_FILE',
  'REDIS_REPLICAS',
  'REDIS_USER',
  'REQUEST_TIMEOUT_MS',
  'SIGNING_KEY',
  'SLOW_READER_MS',
  'STORE_EMBED_WAIT_MS',
  'STORE_INDEX_MIB',
  'STORE_PORT',
  'STORE_SEGMENT_FRAGMENTS',
  'STORE_URL',
  'STREAM_BUFFER_EVENTS',
  'SUPERGRAPH',
  'TENANT_KEY',
  'URL',
].map((name) => `${PREFIX}${name}`);

/** One line for each variable that is set, looks like one of ours and is none. */
export function unknownSettings(environment: NodeJS.ProcessEnv): string[] {
  return Object.keys(environment)
    .filter((variable) => variable.startsWith(PREFIX) && !KNOWN_SETTINGS.includes(variable))
    .sort()
    .map((variable) => `${variable} is no setting of any process and is ignored; the nearest is ${nearest(variable)}`);
}

function nearest(variable: string): string {
  const distances = KNOWN_SETTINGS.map((known) => ({ known, edits: editDistance(variable, known) }));
  return distances.reduce((best, one) => (one.edits < best.edits ? one : best)).known;
}

/** Letters to insert, remove or replace, after Wagner and Fischer (1974). */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1];
    for (const [index, against] of [...other].entries()) {
      const replaced = (row[index] ?? 0) + (letter === against ? 0 : 1);
      next.push(Math.min(replaced, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
