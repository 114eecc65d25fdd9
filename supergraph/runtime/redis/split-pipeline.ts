import type { ContractError } from '@supercontext/contract';
import { backoffMs } from '../call/backoff.ts';
import { damagedValue } from './checked-value.ts';
import type { RedisCommand } from './command.ts';
import { keySlot } from './key-slot.ts';
import type { Argument, Reply } from './node-connection.ts';
import { full, redisFault, unavailable } from './redis-fault.ts';
import type { Topology } from './topology.ts';

/**
 * What a command came to: its reply, or why there is none. A ContractError for what Redis cannot do now; any other Error is what
 * Redis answers to a command that is wrong.
 */
export type Outcome = Reply | Error;

export interface SplitOptions {
  /** Whether as many replicas as are asked must have what was written. */
  readonly isWrite: boolean;
  /** On the clock of `performance.now()`. */
  readonly deadlineAtMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Between tries of what will pass: a failover takes seconds. */
const BACKOFF = { firstMs: 20, longestMs: 300 } as const;
/** An answer that takes so long may never come. */
const SLOW_MS = 400;
/** However far the deadline is, and however often nodes contradict each other about who is master. */
const MAXIMUM_TRIES = 512;
/** Redirections are followed at once as often as they can be true in a row; then they wait like everything else. */
const REDIRECTIONS_AT_ONCE = 3;

/** A command that has no outcome yet. */
interface Pending {
  readonly command: RedisCommand;
  readonly index: number;
  /** The node that said it has this key of a slot on its way, for the next try alone. */
  readonly asked: string | null;
  /** Whether the script's text goes with it. */
  readonly withText: boolean;
  /** What it came to at the last try. */
  readonly fault: ContractError;
}

/** Of one node: commands that go there in one pipeline. */
interface Batch {
  readonly address: string;
  readonly isAsking: boolean;
  readonly pending: readonly Pending[];
}

/**
 * Sends commands to the nodes that have their keys, those of a node in one pipeline, all nodes at once. What a node answers to a
 * command decides for that command alone: where it goes next, or that it waits and is sent again. One of which nobody knows
 * whether it was done is sent again only if it may be done twice; one whose write too few replicas have, too. An outcome for
 * each, in order. Never rejects.
 *
 * ioredis neither splits a pipeline over slots nor sends one again after a failover (its issue 2075): hence this one.
 */
export async function splitPipeline(
  topology: Topology,
  commands: readonly RedisCommand[],
  options: SplitOptions,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = new Array<Outcome>(commands.length);
  const fault = unavailable(undefined, 'it did not answer in time');
  let pending = commands.map((command, index): Pending => ({ command, index, asked: null, withText: false, fault }));
  const isOver = () => performance.now() >= options.deadlineAtMs || options.signal?.aborted === true;
  let inARow = 0;
  for (let tries = 1; pending.length > 0; tries++) {
    const before = topology.changes;
    // A node that hangs says nothing; that another has its slots by now the others say.
    const watch = setInterval(() => void topology.refresh(), SLOW_MS);
    const tried = await beforeDeadline(sendOnce(topology, pending, options.isWrite), options);
    clearInterval(watch);
    if (tried === null) break;
    for (const [index, outcome] of tried.settled) outcomes[index] = outcome;
    pending = tried.pending;
    if (pending.length === 0 || tries === MAXIMUM_TRIES || isOver()) break;
    // Counted anew after each wait: a new master, too, has to be told its scripts.
    if (tried.isAtOnce && inARow++ < REDIRECTIONS_AT_ONCE) continue;
    inARow = 0;
    await beforeDeadline(topology.changed(before, backoffMs(BACKOFF, Math.min(tries, 8))), options);
  }
  for (const { index, fault } of pending) outcomes[index] = fault;
  return outcomes;
}

/** Null when the deadline comes first, or the signal: what is under way then goes on by itself, for nobody. */
async function beforeDeadline<Result>(
  work: Promise<Result>,
  { deadlineAtMs, signal }: SplitOptions,
): Promise<Result | null> {
  const { promise: ended, resolve } = Promise.withResolvers<null>();
  const end = () => resolve(null);
  const timer = setTimeout(end, Math.max(0, deadlineAtMs - performance.now()));
  signal?.addEventListener('abort', end, { once: true });
  if (signal?.aborted) end();
  try {
    return await Promise.race([work, ended]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  }
}

/** One try of all that is pending: what came of it, what still is, and whether all of that may be sent again at once. */
async function sendOnce(
  topology: Topology,
  pending: readonly Pending[],
  isWrite: boolean,
): Promise<{
  readonly settled: (readonly [number, Outcome])[];
  readonly pending: Pending[];
  readonly isAtOnce: boolean;
}> {
  const { batches, homeless } = batchesOf(topology, pending);
  const left = homeless.map((one) => ({ ...one, fault: unavailable(undefined, 'no node has the slot of the key') }));
  const settled: (readonly [number, Outcome])[] = [];
  let isAtOnce = left.length === 0;
  await Promise.all(
    batches.map(async (batch) => {
      const replies = isWrite ? await write(topology, batch) : await read(topology, batch);
      for (const [at, one] of batch.pending.entries()) {
        const verdict = judge(topology, { one, reply: replies[at] as Outcome, address: batch.address });
        if ('outcome' in verdict) settled.push([one.index, verdict.outcome]);
        else {
          left.push(verdict.again);
          isAtOnce &&= verdict.isAtOnce;
        }
      }
    }),
  );
  return { settled, pending: left, isAtOnce };
}

function batchesOf(topology: Topology, pending: readonly Pending[]): { batches: Batch[]; homeless: Pending[] } {
  const batches = new Map<string, { address: string; isAsking: boolean; pending: Pending[] }>();
  const homeless: Pending[] = [];
  for (const one of pending) {
    const address = one.asked ?? topology.map.masterOf(one.command.key);
    if (address === undefined) {
      homeless.push(one);
      continue;
    }
    const isAsking = one.asked !== null;
    const name = `${address} ${isAsking}`;
    const known = batches.get(name);
    if (known === undefined) batches.set(name, { address, isAsking, pending: [one] });
    else known.pending.push(one);
  }
  return { batches: [...batches.values()], homeless };
}

async function read(topology: Topology, { address, isAsking, pending }: Batch): Promise<Outcome[]> {
  const commands = pending.map(wordsOf);
  if (!isAsking) return topology.node(address).read(commands);
  const replies = await topology.node(address).read(commands.flatMap((words) => [['ASKING'], words]));
  return replies.filter((_, at) => at % 2 === 1);
}

/** A write that too few replicas have is not acknowledged, whatever its node said. */
async function write(topology: Topology, { address, isAsking, pending }: Batch): Promise<Outcome[]> {
  const slot = keySlot((pending[0] as Pending).command.key);
  const { replies, replicas } = await topology
    .node(address)
    .writes.run({ commands: pending.map(wordsOf), slot, isAsking });
  const { replicas: asked } = topology.acknowledgement();
  const isShort = replicas instanceof Error || replicas < asked;
  return replies.map((reply) => (reply instanceof Error || !isShort ? reply : new Unacknowledged(replicas, asked)));
}

/** It was written, and too few replicas have it. */
class Unacknowledged extends Error {
  constructor(replicas: number | Error, asked: number) {
    const found = replicas instanceof Error ? `it is unknown whether any of ${asked}` : `${replicas} of ${asked}`;
    super(`${found} replicas have the write, which is not acknowledged`);
  }
}

function wordsOf({ command: { words, script }, withText }: Pending): readonly Argument[] {
  return script !== undefined && withText ? ['EVAL', script.text, ...words.slice(2)] : words;
}

type Verdict = { readonly outcome: Outcome } | { readonly again: Pending; readonly isAtOnce: boolean };

function judge(
  topology: Topology,
  { one, reply, address }: { readonly one: Pending; readonly reply: Outcome; readonly address: string },
): Verdict {
  if (!(reply instanceof Error)) return { outcome: reply };
  const fault = unavailable(address, reply.message);
  const again = (more: Partial<Pending>, isAtOnce: boolean): Verdict => ({
    again: { ...one, asked: null, fault, ...more },
    isAtOnce,
  });
  const lost = (): Verdict => (one.command.isIdempotent ? again({}, false) : { outcome: fault });
  if (reply instanceof Unacknowledged) return lost();
  const found = redisFault(reply, address);
  switch (found.kind) {
    case 'moved':
      topology.moved(found.slot, found.address);
      return again({}, true);
    case 'ask':
      return again({ asked: found.address }, true);
    case 'script-unknown':
      return again({ withText: true, asked: one.asked }, true);
    case 'passing':
      return again({}, false);
    case 'lost':
      return lost();
    case 'wrong-type':
      return { outcome: damagedValue(one.command.key, 'it is of another type than what this program writes') };
    case 'full':
      return { outcome: full(address) };
    case 'refused':
      return { outcome: reply };
  }
}
