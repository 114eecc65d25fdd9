import { ContractError, type ErrorCode, type ErrorDetails } from '@supercontext/contract';
import { errorExtensions } from '@supercontext/runtime/format-error.ts';
import { GraphQLError } from 'graphql';

/** An error of the contract's table in GraphQL's clothes. */
export function gatewayError(
  code: ErrorCode,
  message: string,
  details: ErrorDetails = {},
  cause?: unknown,
): GraphQLError {
  return new GraphQLError(message, {
    originalError: new ContractError(code, message, details, cause),
    extensions: errorExtensions(code, details),
  });
}
