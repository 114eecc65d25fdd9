import { ContractError } from '@supercontext/contract';
import {
  defaultFieldResolver,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isIntrospectionType,
  isObjectType,
} from 'graphql';
import type { FederatedTrace } from '../trace/federated-trace.ts';

/** Text of all fields of one answer together, in UTF-16 units. The gateway takes less; this is what calls between stages may be. */
const MAXIMUM_ANSWER_CHARACTERS = 64 * 1024 * 1024;

/** How much of its stage's work one request has had. */
export class RequestWork {
  readonly #signal: AbortSignal;
  readonly trace: FederatedTrace | undefined;
  #answerCharacters = 0;

  /**
   * @param signal Aborts with the reason to stop: the caller has gone, its deadline has passed, the process ends.
   * @param trace Where the caller wants to know what each field took.
   */
  constructor(signal: AbortSignal, trace?: FederatedTrace) {
    this.#signal = signal;
    this.trace = trace;
  }

  /** @throws what the request's signal was aborted with */
  continue(): void {
    if (this.#signal.aborted) throw this.#signal.reason;
  }

  /** Hands `value` on. @throws ContractError REQUEST_TOO_COMPLEX when the answer grows over its bound */
  answer<Value>(value: Value): Value {
    if (typeof value !== 'string') return value;
    this.#answerCharacters += value.length;
    if (this.#answerCharacters <= MAXIMUM_ANSWER_CHARACTERS) return value;
    throw new ContractError('REQUEST_TOO_COMPLEX', 'The answer is too long: ask for less in one request', {
      maximumAnswerCharacters: MAXIMUM_ANSWER_CHARACTERS,
    });
  }
}

/** What resolvers are given; without `work`, as in a stream, which has no end to count to, only its signal is looked at. */
interface Bounded {
  readonly work?: RequestWork | undefined;
}

/**
 * Has each field of the schema look, before it is resolved, whether anybody still waits for the answer, and count what it
 * adds to it. GraphQL's executor itself goes on to the end, whoever has gone.
 */
export function boundWork(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    for (const field of Object.values(type.getFields())) field.resolve = bounded(field.resolve ?? defaultFieldResolver);
  }
}

function bounded(resolve: GraphQLFieldResolver<unknown, Bounded>): GraphQLFieldResolver<unknown, Bounded> {
  return (source, given, context, info) => {
    const work = context?.work;
    if (work === undefined) return resolve(source, given, context, info);
    work.continue();
    const { trace } = work;
    const value: unknown =
      trace === undefined
        ? resolve(source, given, context, info)
        : trace.resolve(info, () => resolve(source, given, context, info));
    return value instanceof Promise ? value.then((settled: unknown) => work.answer(settled)) : work.answer(value);
  };
}
