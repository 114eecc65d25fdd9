/** One error of an answer, as it came over the wire. */
export interface WireError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export interface GraphRequestErrorFields {
  readonly retryable?: boolean;
  readonly retryAfterMs?: number | undefined;
  readonly remedy?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly errors?: readonly WireError[];
  readonly cause?: unknown;
}

/**
 * Why an operation has no answer, or not all of one. `code` is a code of the platform's error table; match on it, never on
 * the message. `SUBGRAPH_UNAVAILABLE` and `SUBGRAPH_CONNECTION_LOST` also stand for a gateway that cannot be reached.
 */
export class GraphRequestError extends Error {
  readonly code: string;
  /** Whether the same request may succeed later; writes with the same idempotency key. */
  readonly retryable: boolean;
  /** How long to wait before that, where it is known. */
  readonly retryAfterMs: number | undefined;
  /** What to do about it, for a person. */
  readonly remedy: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;
  /** All errors of the answer; the fields above are those of the first. */
  readonly errors: readonly WireError[];

  constructor(code: string, message: string, fields: GraphRequestErrorFields = {}) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = 'GraphRequestError';
    this.code = code;
    this.retryable = fields.retryable ?? false;
    this.retryAfterMs = fields.retryAfterMs;
    this.remedy = fields.remedy;
    this.details = fields.details ?? {};
    this.errors = fields.errors ?? [];
  }
}

/** The error that stands for the errors of an answer. */
export function errorOfAnswer(errors: readonly WireError[]): GraphRequestError {
  const [first] = errors;
  const { code, retryable, retryAfterMs, remedy, details } = first?.extensions ?? {};
  return new GraphRequestError(typeof code === 'string' ? code : 'INTERNAL', first?.message ?? 'an empty answer', {
    retryable: retryable === true,
    retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : undefined,
    remedy: typeof remedy === 'string' ? remedy : undefined,
    details: typeof details === 'object' && details !== null ? (details as Record<string, unknown>) : {},
    errors,
  });
}

/** The gateway did not answer at all. */
export function unreachable(url: string, cause: unknown): GraphRequestError {
  return new GraphRequestError('SUBGRAPH_UNAVAILABLE', `no answer from ${url}`, {
    retryable: true,
    retryAfterMs: 500,
    remedy: 'check that the platform runs at this address, then retry; writes with the same idempotency key',
    cause,
  });
}

/** The socket went away in the middle of something. */
export function connectionLost(cause: unknown): GraphRequestError {
  return new GraphRequestError('SUBGRAPH_CONNECTION_LOST', 'the connection to the gateway was lost', {
    retryable: true,
    retryAfterMs: 500,
    remedy: 'retry; writes with the same idempotency key, streams after the last cursor',
    cause,
  });
}
