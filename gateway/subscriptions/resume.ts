import type { ErrorCode, ErrorDetails } from '@supercontext/contract';
import { type Backoff, backoffMs } from '@supercontext/runtime/call/backoff.ts';
import { errorExtensions } from '@supercontext/runtime/format-error.ts';
import type { GraphQLFormattedError } from 'graphql';
import type { StreamEvent, SubgraphStreams } from './open.ts';
import type { SubscriptionPlan } from './plan.ts';
import { type Finish, Reader } from './relay.ts';
import { StreamFailed } from './stream-failed.ts';

export interface StreamPolicy {
  /** Events one reader may be behind. */
  readonly bufferEvents: number;
  /** How long a reader with a full buffer may take nothing before its stream ends with SLOW_CONSUMER. */
  readonly slowReaderMs: number;
  /** Tries to continue a broken stream without any event in between. */
  readonly resumeTries: number;
  /** The waits before them. */
  readonly resumeBackoff: Backoff;
}

export interface SourceOptions {
  readonly plan: SubscriptionPlan;
  /** The connection all streams of the subgraph share. */
  readonly streams: SubgraphStreams;
  /** Makes a connection for this stream alone. */
  readonly ownStreams: () => SubgraphStreams;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly extensions: Record<string, unknown>;
  readonly policy: StreamPolicy;
  readonly finish: Finish;
  /** Where to begin instead of the first event: after this cursor. For streams that can be resumed. */
  readonly after: string | undefined;
  /** Whether opening the stream twice has the effect of once, so that it may be opened again before any event. */
  readonly isRepeatable: boolean;
  /** Called with the cursor of each event that the reader has dealt with. */
  readonly onDelivered: (cursor: string) => void;
  /** Called once, when the reader leaves before the end. */
  readonly onLeft: () => void;
  /** Called each time a broken stream is about to be continued. */
  readonly onResume: (reason: string) => void;
  /** Called once, when the stream has ended for whatever reason. */
  readonly onEnd: () => void;
}

/** Shares of the buffer at which a stream on its own connection is held, and let go on. The rest is for what is on its way. */
const HOLD_SHARE = 1 / 4;
const RELEASE_SHARE = 1 / 16;

/**
 * Reads a subgraph's stream for one reader. A resumable stream that breaks is continued after the last event taken: none is
 * lost, none comes twice. A reader that falls behind by a full buffer must not hold up the connection it shares with others:
 * its resumable stream is closed there and, once the reader has caught up, continued on a connection of its own, which is
 * simply not read while the reader is behind. A stream that cannot be resumed ends, with SLOW_CONSUMER.
 *
 *   open → (broken) → waiting → open
 *   open → (buffer full) → paused → (caught up) → open, on a connection of its own ⇄ held
 *   any → (end, error, reader gone, reader stuck) → ended
 */
export function readStream(options: SourceOptions): Reader {
  return new StreamSource(options).reader;
}

class StreamSource {
  readonly reader: Reader;
  readonly #options: SourceOptions;
  #phase: 'open' | 'held' | 'waiting' | 'paused' | 'ended' = 'waiting';
  #own: SubgraphStreams | undefined;
  /** Of the last event the reader's buffer took. */
  #cursor: unknown;
  #tries = 0;
  #cancel: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SourceOptions) {
    this.#options = options;
    this.#cursor = options.after;
    this.reader = new Reader(options.policy.bufferEvents, options.finish, {
      dealtWith: (event) => {
        const cursor = this.#cursorOf(event);
        if (typeof cursor === 'string') options.onDelivered(cursor);
      },
      taken: () => this.#taken(),
      gone: () => this.#stop(),
    });
    this.#open();
  }

  #open(): void {
    const { plan, variables, extensions } = this.#options;
    const streams = this.#own ?? this.#options.streams;
    const { resume } = plan;
    const resumed = resume !== undefined && this.#cursor !== undefined;
    const operation = resumed ? resume.operation() : plan.upstream;
    const sent: Record<string, unknown> = {};
    for (const name of operation.variables) if (Object.hasOwn(variables, name)) sent[name] = variables[name];
    if (resumed) sent[resume.cursorVariable] = this.#cursor;
    this.#phase = 'open';
    this.#cancel = streams.subscribe(
      { query: operation.query, operationName: operation.operationName, variables: sent, extensions },
      {
        next: (event) => this.#next(event),
        errors: (errors) => this.#end(this.#failed(errors, operation.serviceName)),
        completed: () => this.#end(),
        lost: (reason, opened) => this.#lost(reason, opened),
      },
    );
  }

  #failed(errors: readonly GraphQLFormattedError[], serviceName: string): StreamFailed {
    const { renamed } = this.#options.plan;
    return new StreamFailed(errors.map((error) => named(renamed?.error(error) ?? error, serviceName)));
  }

  #next(event: StreamEvent): void {
    if (this.#phase !== 'open' && this.#phase !== 'held') return;
    const cursor = this.#cursorOf(event);
    if (cursor !== undefined && cursor === this.#cursor) return;
    if (!this.reader.push(event)) {
      this.#full();
      return;
    }
    if (cursor === undefined) return;
    this.#cursor = cursor;
    this.#tries = 0;
    if (this.#own !== undefined && this.#phase === 'open' && this.#isAbove(HOLD_SHARE)) {
      this.#phase = 'held';
      this.#own.pause();
      this.#watchReader();
    }
  }

  #isAbove(share: number): boolean {
    return this.reader.waiting > this.#options.policy.bufferEvents * share;
  }

  #cursorOf({ data }: StreamEvent): unknown {
    const { plan } = this.#options;
    if (plan.resume === undefined) return undefined;
    const value = data?.[plan.responseKey];
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)[plan.resume.cursorKey]
      : undefined;
  }

  #full(): void {
    this.#cancel();
    if (this.#cursor === undefined) {
      this.#fail('SLOW_CONSUMER', 'The reader fell further behind than its buffer');
      return;
    }
    this.#phase = 'paused';
    this.#watchReader();
  }

  #watchReader(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#cancel();
      this.#fail('SLOW_CONSUMER', 'The reader took nothing for too long');
    }, this.#options.policy.slowReaderMs);
  }

  #taken(): void {
    if (this.#phase !== 'paused' && this.#phase !== 'held') return;
    this.#timer?.refresh();
    if (this.#isAbove(RELEASE_SHARE)) return;
    clearTimeout(this.#timer);
    if (this.#phase === 'held') {
      this.#phase = 'open';
      this.#own?.resume();
      return;
    }
    this.#own ??= this.#options.ownStreams();
    this.#open();
  }

  #lost(reason: string, opened: boolean): void {
    if (this.#phase !== 'open' && this.#phase !== 'held') return;
    clearTimeout(this.#timer);
    const { plan, policy, isRepeatable, onResume } = this.#options;
    const canRepeat = plan.resume !== undefined && (this.#cursor !== undefined || isRepeatable);
    if (!canRepeat || this.#tries >= policy.resumeTries) {
      const code = opened || this.#cursor !== undefined ? 'SUBGRAPH_CONNECTION_LOST' : 'SUBGRAPH_UNAVAILABLE';
      this.#fail(code, `The stream of subgraph ${plan.upstream.serviceName} broke: ${reason}`);
      return;
    }
    this.#phase = 'waiting';
    this.#tries++;
    const waitMs = backoffMs(policy.resumeBackoff, this.#tries);
    onResume(reason);
    this.#timer = setTimeout(() => this.#open(), waitMs);
  }

  /** Ends the stream after what the reader has not taken yet; the error names the cursor to resume after. */
  #fail(code: ErrorCode, message: string): void {
    const cursor = this.#cursor;
    const details: ErrorDetails = {
      serviceName: this.#options.plan.upstream.serviceName,
      cursor: typeof cursor === 'string' || typeof cursor === 'number' ? cursor : null,
    };
    this.#end(new StreamFailed([{ message, extensions: errorExtensions(code, details) }]));
  }

  #end(failure?: Error): void {
    if (this.#phase === 'ended') return;
    this.#phase = 'ended';
    this.#release();
    this.reader.end(failure);
  }

  #stop(): void {
    if (this.#phase === 'ended') return;
    this.#phase = 'ended';
    this.#cancel();
    this.#options.onLeft();
    this.#release();
  }

  #release(): void {
    clearTimeout(this.#timer);
    void this.#own?.dispose();
    this.#options.onEnd();
  }
}

function named({ message, path, extensions }: GraphQLFormattedError, serviceName: string): GraphQLFormattedError {
  return { message, ...(path === undefined ? {} : { path }), extensions: { ...extensions, serviceName } };
}
