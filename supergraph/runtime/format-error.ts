import {
  ContractError,
  clipMessage,
  ERRORS,
  type ErrorCode,
  errorMessage,
  isErrorCode,
  isRequestErrorCode,
  REQUEST_ERRORS,
  type RequestErrorCode,
} from '@supercontext/contract';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** What `extensions` says about an error of the contract. */
export function errorExtensions(code: ErrorCode, details: ContractError['details'] = {}): Record<string, unknown> {
  const row: (typeof ERRORS)[ErrorCode] & { readonly retryAfterMs?: number } = ERRORS[code];
  // Who knows how long it takes this time says so in the details.
  const retryAfterMs = typeof details.retryAfterMs === 'number' ? details.retryAfterMs : row.retryAfterMs;
  return {
    code,
    retryable: row.retryable,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    remedy: row.remedy,
    ...(Object.keys(details).length === 0 ? {} : { details }),
  };
}

/** What `extensions` says about a request that is not valid GraphQL. */
export function requestErrorExtensions(code: RequestErrorCode): Record<string, unknown> {
  return { code, retryable: false, remedy: REQUEST_ERRORS[code] };
}

function contractErrorBehind(error: unknown): ContractError | null {
  for (let cause = error, depth = 0; depth < 8; depth++) {
    if (cause instanceof ContractError) return cause;
    if (cause instanceof GraphQLError && cause.originalError !== undefined) cause = cause.originalError;
    else return null;
  }
  return null;
}

/** Whether a call that follows the nesting of its input went too deep. */
export function isStackOverflow(error: unknown): boolean {
  const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  return cause instanceof RangeError && cause.message.includes('call stack');
}

/**
 * The one place where an error of this process becomes a GraphQL error. What is no error of the contract and no fault of
 * the request is masked as INTERNAL and handed to `report`. Of what was sent, no more than a few lines are sent back: the
 * messages of graphql-js hold whole values, and those of a megabyte, too. Never throws.
 */
export function formatError(
  formatted: GraphQLFormattedError,
  error: unknown,
  report: (error: unknown) => void,
): GraphQLFormattedError {
  const place = {
    ...(formatted.locations === undefined ? {} : { locations: formatted.locations }),
    ...(formatted.path === undefined ? {} : { path: formatted.path }),
  };
  const known = contractErrorBehind(error);
  if (known !== null) {
    if (known.code === 'INTERNAL') report(known);
    return { message: known.message, ...place, extensions: errorExtensions(known.code, known.details) };
  }
  const code = formatted.extensions?.code;
  if (isRequestErrorCode(code)) {
    return { message: clipMessage(formatted.message), ...place, extensions: requestErrorExtensions(code) };
  }
  if (isErrorCode(code) && code !== 'INTERNAL') {
    return { message: errorMessage(code, formatted.message), ...place, extensions: formatted.extensions ?? {} };
  }
  // graphql-js reports a variable or argument of the wrong shape without a code and without an original error.
  if (error instanceof GraphQLError && error.originalError === undefined && code === undefined) {
    return { message: clipMessage(formatted.message), ...place, extensions: requestErrorExtensions('BAD_USER_INPUT') };
  }
  if (isStackOverflow(error)) {
    // Most likely the nesting of the input; a fault of ours has its line in the log.
    report(error);
    const extensions = errorExtensions('REQUEST_TOO_COMPLEX');
    return { message: 'the request is nested too deeply', ...place, extensions };
  }
  report(error);
  return { message: 'a fault of this program', ...place, extensions: errorExtensions('INTERNAL') };
}

/** As `formatError`, of an error as it was thrown: graphql-js hands on some that are none of its own. */
export function formatThrown(error: unknown, report: (error: unknown) => void): GraphQLFormattedError {
  if (error instanceof GraphQLError) return formatError(error.toJSON(), error, report);
  return formatError({ message: error instanceof Error ? error.message : String(error) }, error, report);
}
