import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** Ends a stream with the errors its reader shall see. */
export class StreamFailed extends Error {
  readonly errors: readonly GraphQLFormattedError[];

  constructor(errors: readonly GraphQLFormattedError[]) {
    super(errors[0]?.message ?? 'the stream failed');
    this.name = 'StreamFailed';
    this.errors = errors;
  }
}

/** An error that is formatted already, in the class that GraphQL servers ask for. */
export class FormattedError extends GraphQLError {
  readonly #formatted: GraphQLFormattedError;

  constructor(formatted: GraphQLFormattedError) {
    const { message, path, extensions } = formatted;
    super(message, { ...(path === undefined ? {} : { path }), ...(extensions === undefined ? {} : { extensions }) });
    this.#formatted = formatted;
  }

  override toJSON(): GraphQLFormattedError {
    return this.#formatted;
  }
}
