import {
  CONTRACT_HEADER,
  CONTRACT_VERSION,
  ContractError,
  type ErrorDetails,
  isErrorCode,
} from '@supercontext/contract';
import { Agent } from 'undici';
import { restIfLarge } from '../process/in-slices.ts';
import type { Stage } from '../stage.ts';
import { addHops, currentTrace, decodeHops } from '../trace/hops.ts';
import { TRACEPARENT_HEADER } from '../trace/trace-context.ts';
import { CalleeClock } from './callee-clock.ts';
import { Deadlines } from './deadlines.ts';
import { AnswerTooLarge, DeadlineExpired, Unsendable } from './exchange.ts';
import { signedExchange } from './signed-exchange.ts';

/** A document whose data and variables are known to the compiler, as codegen writes it. */
export interface TypedDocument<Data, Variables> {
  toString(): string;
  __apiType?: (variables: Variables) => Data;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Overrides the client's deadline for this call. */
  readonly deadlineMs?: number;
}

/** Calls one stage from another. */
export interface SubgraphClient {
  /**
   * Sends one operation; no retries, since only the caller knows whether a write may be sent twice.
   * Hops of the callee join the current trace.
   * @throws ContractError with the callee's code, SUBGRAPH_UNAVAILABLE when it cannot be reached or answers nonsense,
   *   DEADLINE_EXCEEDED when it is too slow, INTERNAL when the call is none that can be sent; the signal's reason when aborted.
   */
  call<Data, Variables>(
    document: TypedDocument<Data, Variables>,
    variables: Variables,
    options?: CallOptions,
  ): Promise<Data>;
  close(): Promise<void>;
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message?: unknown; readonly extensions?: Record<string, unknown> }[];
  readonly extensions?: { readonly hops?: unknown };
}

const DEFAULT_DEADLINE_MS = 10_000;

/** A batch of 512 fragments of the longest text there is, and more than a stage gives itself to any request. */
const MAXIMUM_ANSWER_BYTES = 256 * 1024 * 1024;

export function subgraphClient(options: {
  readonly caller: Stage;
  readonly name: string;
  readonly url: string;
  readonly signingKey: string | null;
  readonly deadlineMs?: number;
}): SubgraphClient {
  const agent = new Agent({ connections: 32, keepAliveTimeout: 60_000, connect: { timeout: 2_000 } });
  const deadlines = new Deadlines();
  const { origin, pathname: path } = new URL(options.url);
  const clock = options.signingKey === null ? null : new CalleeClock(options.signingKey, options.name);

  async function send(body: string, deadlineMs: number, signal: AbortSignal | undefined): Promise<Answer> {
    const trace = currentTrace();
    try {
      const exchanged = signedExchange(
        {
          dispatcher: agent,
          deadlines,
          origin,
          path,
          headers: [
            ...['content-type', 'application/json', 'accept', 'application/json'],
            ...[CONTRACT_HEADER, String(CONTRACT_VERSION)],
            ...(trace === undefined ? [] : [TRACEPARENT_HEADER, trace.traceparent]),
          ],
          body,
          deadlineAtMs: performance.now() + deadlineMs,
          answerBudget: { bytesLeft: MAXIMUM_ANSWER_BYTES },
          signal,
        },
        clock,
      );
      return JSON.parse((await exchanged).text) as Answer;
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (error instanceof Unsendable) {
        throw new ContractError('INTERNAL', `a call of ${options.name} cannot be sent`, {}, error);
      }
      if (error instanceof DeadlineExpired) {
        throw new ContractError('DEADLINE_EXCEEDED', `${options.name} did not answer within ${deadlineMs} ms`, {
          subgraph: options.name,
        });
      }
      if (error instanceof AnswerTooLarge) {
        throw new ContractError('REQUEST_TOO_COMPLEX', `${options.name} answered more than is read`, {
          subgraph: options.name,
          maximumAnswerBytes: MAXIMUM_ANSWER_BYTES,
        });
      }
      throw unavailable(options.name, error);
    }
  }

  return {
    async call<Data, Variables>(
      document: TypedDocument<Data, Variables>,
      variables: Variables,
      { signal, deadlineMs = options.deadlineMs ?? DEFAULT_DEADLINE_MS }: CallOptions = {},
    ): Promise<Data> {
      const body = JSON.stringify({ query: document.toString(), variables });
      await restIfLarge(body.length);
      const answer = await send(body, deadlineMs, signal);
      const trace = currentTrace();
      if (trace !== undefined) addHops(trace, decodeHops(answer.extensions?.hops));
      const [first] = answer.errors ?? [];
      if (first !== undefined) throw remoteError(options.name, first);
      if (answer.data === undefined || answer.data === null) throw unavailable(options.name, 'an answer without data');
      return answer.data as Data;
    },
    close: () => agent.close(),
  };
}

function unavailable(name: string, cause: unknown): ContractError {
  return new ContractError('SUBGRAPH_UNAVAILABLE', `${name} does not answer`, { subgraph: name }, cause);
}

function remoteError(name: string, error: NonNullable<Answer['errors']>[number]): ContractError {
  const message = typeof error.message === 'string' ? error.message : `${name} failed`;
  const code = error.extensions?.code;
  if (!isErrorCode(code)) return new ContractError('INTERNAL', `${name}: ${message}`, { subgraph: name });
  return new ContractError(code, message, (error.extensions?.details ?? {}) as ErrorDetails);
}
