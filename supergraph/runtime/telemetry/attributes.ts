/** The names of everything a span of ours says. A value that is not listed here does not leave the process. */
export const ATTRIBUTES = {
  stage: 'supercontext.stage',
  tokens: 'supercontext.tokens',
  sizeBytes: 'supercontext.size_bytes',
  shard: 'supercontext.shard',
  cacheHit: 'supercontext.cache_hit',
  operation: 'graphql.operation.name',
  errorCode: 'error.type',
} as const;
