import { clipMessage } from './clip-message.ts';

/** One row of the error table: when the code is used and what the caller may do. */
export interface ErrorRow {
  /** The condition, from the caller's point of view. */
  readonly when: string;
  /** Whether the same request may succeed later, unchanged. */
  readonly retryable: boolean;
  /** How long to wait before a retry, where that is known. */
  readonly retryAfterMs?: number;
  /** What the caller should do. */
  readonly remedy: string;
  /** HTTP status at the front door. */
  readonly status: number;
}

/**
 * Every error that crosses a process border. Callers match on the code, never on a message or a class.
 * Codes are added to, never renamed and never reused.
 */
export const ERRORS = {
  CONTRACT_VERSION_UNKNOWN: {
    when: 'the request or message names a contract version this stage does not speak',
    retryable: false,
    remedy: 'speak a version of the range in the error',
    status: 400,
  },
  MESSAGE_MALFORMED: {
    when: 'bytes or JSON do not form a message of the contract version they name',
    retryable: false,
    remedy: 'fix the encoder; the error names the field',
    status: 400,
  },
  INPUT_INVALID: {
    when: 'an argument is outside its documented range',
    retryable: false,
    remedy: 'correct the argument that the error names',
    status: 400,
  },
  DELTA_EMPTY: {
    when: 'a delta carries no text',
    retryable: false,
    remedy: 'send at least one item with text',
    status: 400,
  },
  DELTA_TOO_LARGE: {
    when: 'a delta is larger than one request may be',
    retryable: false,
    remedy: 'split it into several appends',
    status: 413,
  },
  TEXT_INVALID: {
    when: 'text holds lone surrogates or NUL characters, as a binary file read as text does',
    retryable: false,
    remedy: 'send Unicode text; leave binary files out',
    status: 400,
  },
  REVISION_CONFLICT: {
    when: "baseRevision is not the session's current revision",
    retryable: false,
    remedy: 'read the current revision in the error, then append again',
    status: 409,
  },
  IDEMPOTENCY_KEY_REUSED: {
    when: 'an idempotency key comes again with other content',
    retryable: false,
    remedy: 'use a new key for new content',
    status: 409,
  },
  SESSION_NOT_FOUND: {
    when: 'no session has this id',
    retryable: false,
    remedy: 'open a session first',
    status: 404,
  },
  DOCUMENT_NOT_FOUND: {
    when: 'the session has no document with this path',
    retryable: false,
    remedy: 'read the paths in Session.documents',
    status: 404,
  },
  FRAGMENT_MISSING: {
    when: 'the session lists a fragment or summary that the store lacks',
    retryable: true,
    retryAfterMs: 1_000,
    remedy: 'retry; if it stays, restore the store from a backup',
    status: 404,
  },
  FRAGMENT_CORRUPT: {
    when: 'the bytes of a fragment at rest no longer match its hash; they are never served',
    retryable: false,
    remedy: 'append the content again, or restore the store from a backup',
    status: 500,
  },
  STORAGE_CORRUPT: {
    when: "a file or row of a stage's state is not what was written there; it is never served",
    retryable: false,
    remedy: "restore the stage's data from a backup",
    status: 500,
  },
  STORE_BEHIND: {
    when: 'the store has yet to be told a part of the log that the answer would need',
    retryable: true,
    retryAfterMs: 500,
    remedy: 'retry; what lies before the gap that the error names can be read',
    status: 503,
  },
  VECTORS_MISSING: {
    when: 'a session, or a part of it, could not be searched by meaning: no embedder, one that is slow, or vectors still to be made',
    retryable: true,
    retryAfterMs: 5_000,
    remedy: 'use what was found by words, or ask again later',
    status: 503,
  },
  STORAGE_FULL: {
    when: 'the disk has no room for the write; nothing of it was acknowledged',
    retryable: true,
    retryAfterMs: 10_000,
    remedy: 'free space, then retry with the same idempotency key',
    status: 507,
  },
  STORAGE_UNAVAILABLE: {
    when: 'the state of a stage cannot be reached or is locked',
    retryable: true,
    retryAfterMs: 500,
    remedy: 'retry with the same idempotency key',
    status: 503,
  },
  BUDGET_EXCEEDED: {
    when: 'a token budget is out of range, or cannot hold what must be in it',
    retryable: false,
    remedy: 'choose a budget in the range the error names, or shorten the prompt',
    status: 400,
  },
  CONTEXT_WINDOW_EXCEEDED: {
    when: "prompt and answer together are longer than the model's window",
    retryable: false,
    remedy: 'lower the budget or the number of answer tokens',
    status: 400,
  },
  CURSOR_UNKNOWN: {
    when: 'a cursor was not issued by this list or stream',
    retryable: false,
    remedy: 'start again without a cursor',
    status: 400,
  },
  GENERATION_NOT_FOUND: {
    when: 'no generation has this id',
    retryable: false,
    remedy: 'ask again',
    status: 404,
  },
  MODEL_UNKNOWN: {
    when: 'no model or engine of this name is loaded',
    retryable: false,
    remedy: 'choose one of the models the graph lists',
    status: 400,
  },
  MODEL_INVALID: {
    when: 'a model file is damaged, truncated, of another kind or not the one its manifest names',
    retryable: false,
    remedy: 'fetch the file again',
    status: 500,
  },
  MODEL_FAILED: {
    when: 'the engine stopped in the middle of a generation',
    retryable: true,
    retryAfterMs: 2_000,
    remedy: 'ask again',
    status: 502,
  },
  MODEL_OVERLOADED: {
    when: "the engine's queue is full; nothing was started",
    retryable: true,
    retryAfterMs: 1_000,
    remedy: 'ask again after the delay',
    status: 503,
  },
  MODEL_UNAVAILABLE: {
    when: 'a model cannot be used now: its server does not answer, or its weights or its key are not there',
    retryable: true,
    retryAfterMs: 5_000,
    remedy: 'see what Query.models says the model needs, or choose another one',
    status: 503,
  },
  MODEL_REFUSED: {
    when: "a model's server refuses the question: for its key, the model's name, what was asked for, or its own rules",
    retryable: false,
    remedy: 'check the key, the name and the URL of the model, or choose another one',
    status: 502,
  },
  SUBGRAPH_UNAVAILABLE: {
    when: 'a stage does not answer',
    retryable: true,
    retryAfterMs: 500,
    remedy: 'retry; writes with the same idempotency key',
    status: 503,
  },
  SUBGRAPH_CONNECTION_LOST: {
    when: 'a stage went away in the middle of a stream',
    retryable: true,
    retryAfterMs: 500,
    remedy: 'subscribe again after the last cursor',
    status: 503,
  },
  DEADLINE_EXCEEDED: {
    when: 'a stage did not answer in time; whether a write took place is unknown',
    retryable: true,
    retryAfterMs: 500,
    remedy: 'retry; writes with the same idempotency key',
    status: 504,
  },
  SLOW_CONSUMER: {
    when: 'a reader of a stream fell further behind than its buffer',
    retryable: true,
    remedy: 'subscribe again after the last cursor',
    status: 429,
  },
  CANCELLED: {
    when: 'the caller or somebody with the same rights cancelled the work',
    retryable: false,
    remedy: 'ask again if it was not meant',
    status: 499,
  },
  REQUEST_TOO_LARGE: {
    when: "a request body is over the front door's limit",
    retryable: false,
    remedy: 'split the request',
    status: 413,
  },
  REQUEST_TOO_COMPLEX: {
    when: 'a document, or what is sent with it, is deeper, wider or longer than is taken',
    retryable: false,
    remedy: 'ask for less in one request',
    status: 400,
  },
  REQUEST_UNSIGNED: {
    when: "a stage was called by somebody without the platform's signing key",
    retryable: false,
    remedy: 'call the gateway',
    status: 401,
  },
  CALLER_REFUSED: {
    when: 'the Host or Origin of the request is not one this gateway answers',
    retryable: false,
    remedy: 'call by a name of SUPERCONTEXT_HOSTS, from a page of SUPERCONTEXT_CORS_ORIGINS, or add to them',
    status: 403,
  },
  SERVER_BUSY: {
    when: 'more connections, large bodies, or operations of one connection that are open or wait for their answers, than are taken at once; nothing was started',
    retryable: true,
    retryAfterMs: 1_000,
    remedy: 'read the answers, end streams and close connections that are not needed, then retry',
    status: 503,
  },
  INTERNAL: {
    when: 'a fault of this program',
    retryable: false,
    remedy: 'report the trace id',
    status: 500,
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERRORS, value);
}

/** Facts about one error beyond its code, safe to show to the caller: no text of a prompt or fragment. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null>>;

/**
 * The one class thrown for whatever a caller can cause or must know. Across processes only `code` and `details` survive. Of what
 * a caller sent it repeats no more than MAXIMUM_MESSAGE_CHARACTERS, whoever throws it; faults of ours are told whole.
 */
export class ContractError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(errorMessage(code, message), cause === undefined ? undefined : { cause });
    this.name = 'ContractError';
    this.code = code;
    this.details = isCallersFault(code) ? clipDetails(details) : details;
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }
}

/** What is said of an error with this code: about a caller's own request no more than a few lines. */
export function errorMessage(code: ErrorCode, message: string): string {
  return isCallersFault(code) ? clipMessage(message) : message;
}

function isCallersFault(code: ErrorCode): boolean {
  return ERRORS[code].status < 500;
}

function clipDetails(details: ErrorDetails): ErrorDetails {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [name, typeof value === 'string' ? clipMessage(value) : value]),
  );
}
