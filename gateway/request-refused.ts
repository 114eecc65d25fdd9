import { GraphQLError } from 'graphql';

/** A request that never becomes a running operation; says what is wrong with it. */
export class RequestRefused extends Error {
  readonly errors: readonly GraphQLError[];
  /** HTTP status, where the code of the error alone does not say it. */
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(errors: readonly GraphQLError[], status?: number, headers: Readonly<Record<string, string>> = {}) {
    super(errors[0]?.message ?? 'the request is refused');
    this.name = 'RequestRefused';
    this.errors = errors;
    this.status = status;
    this.headers = headers;
  }
}

/** A request that is not one of GraphQL over HTTP. */
export function badRequest(
  message: string,
  status = 400,
  headers: Readonly<Record<string, string>> = {},
): RequestRefused {
  return new RequestRefused([new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } })], status, headers);
}
