/**
 * Codes of Apollo Server for a request that is not valid GraphQL, which clients know, and what the caller should do. All are 4xx,
 * and none succeeds when it is sent again as it is. Their messages say what is wrong.
 */
export const REQUEST_ERRORS = {
  GRAPHQL_PARSE_FAILED: 'correct the syntax of the document',
  GRAPHQL_VALIDATION_FAILED: 'ask for what the schema has',
  BAD_USER_INPUT: 'correct the variables or arguments',
  BAD_REQUEST: 'send a request of GraphQL over HTTP, as the message says',
  OPERATION_RESOLUTION_FAILURE: 'name an operation of the document in operationName',
  PERSISTED_QUERY_NOT_FOUND: 'send the document along with its hash',
  PERSISTED_QUERY_NOT_SUPPORTED: 'send the document instead of its hash',
} as const;

export type RequestErrorCode = keyof typeof REQUEST_ERRORS;

export function isRequestErrorCode(value: unknown): value is RequestErrorCode {
  return typeof value === 'string' && Object.hasOwn(REQUEST_ERRORS, value);
}
