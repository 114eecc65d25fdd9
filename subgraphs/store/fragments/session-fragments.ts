import { ContractError } from '@supercontext/contract';
import { type SealedPage, seal, unseal } from '@supercontext/runtime/sealed-pages.ts';
import { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import type { FragmentHash } from '../fragment-id.ts';
import type {
  FragmentItem,
  FragmentStore,
  KnownLog,
  LogEntry,
  OnDamagedFragment,
  WholeFragment,
} from './fragment-store.ts';

/** Entries in a page, and fragments, of a few kilobytes each. */
const ENTRIES_A_PAGE = 1_024;
const FRAGMENTS_A_PAGE = 128;
const MAXIMUM_TRIES = 20;

/** What a store can do beside its port for a session that is moved. */
export interface FragmentBodies {
  /** Without those that are missing. @throws ContractError STORAGE_CORRUPT naming one that is damaged */
  read(sessionId: string, hashes: readonly FragmentHash[]): Promise<readonly WholeFragment[]>;
  /** Keeps them as of their times. @throws ContractError STORAGE_CORRUPT for one that is not what it is named for */
  keep(sessionId: string, fragments: readonly WholeFragment[]): Promise<void>;
}

interface Source {
  readonly log: ReadLog;
  readonly bodies: FragmentBodies;
  readonly onDamaged: OnDamagedFragment | undefined;
}

type ReadLog = Pick<FragmentStore, 'known' | 'withdrawn' | 'entries' | 'digest'>;

export function exportFragments(
  of: Source,
  sessionId: string,
  listed: readonly FragmentHash[],
): AsyncGenerator<SealedPage<FragmentItem>, void> {
  return seal(pages(of, sessionId, listed));
}

/** @throws ContractError STORAGE_CORRUPT for what is not as it was sent; INPUT_INVALID where another log of the session is known */
export async function importFragments(
  to: { readonly store: Pick<FragmentStore, 'replicate'>; readonly bodies: FragmentBodies },
  sessionId: string,
  moved: AsyncIterable<SealedPage<FragmentItem>>,
): Promise<void> {
  let told: Extract<FragmentItem, { known: object }> | null = null;
  let known: KnownLog | null = null;
  for await (const page of unseal(moved, `the fragments of ${sessionId}`)) {
    const fragments: WholeFragment[] = [];
    const entries: LogEntry[] = [];
    for (const item of page) {
      if ('known' in item) told = item;
      else if ('fragment' in item) fragments.push(item.fragment);
      else entries.push(item.entry);
    }
    if (fragments.length > 0) await to.bodies.keep(sessionId, fragments);
    if (entries.length > 0) known = await to.store.replicate(sessionId, entries);
  }
  if (told === null)
    throw new ContractError('STORAGE_CORRUPT', `the fragments of ${sessionId}: what came has no beginning`);
  if (known === null) return;
  const withdrawn = Withdrawn.decode(told.withdrawn);
  if (known.withdrawnDigest !== withdrawn.digest) known = await to.store.replicate(sessionId, [], { withdrawn });
  const { sessionId: _, ...now } = known;
  if (JSON.stringify(now) === JSON.stringify(told.known)) return;
  throw new ContractError('INPUT_INVALID', `another log of ${sessionId} is known: nothing of it is changed`, {
    argument: 'session',
  });
}

async function* pages(
  { log, bodies, onDamaged }: Source,
  sessionId: string,
  listed: readonly FragmentHash[],
): AsyncGenerator<readonly FragmentItem[], void> {
  const { known, withdrawn } = await begin(log, sessionId);
  const { sessionId: _, ...about } = known;
  yield [{ known: about, withdrawn: withdrawn.encode() }];
  const seen = new Set<FragmentHash>();
  const readNew = async function* (hashes: readonly FragmentHash[]): AsyncGenerator<readonly FragmentItem[], void> {
    const unseen = [...new Set(hashes)].filter((hash) => !seen.has(hash));
    for (const hash of unseen) seen.add(hash);
    for (let from = 0; from < unseen.length; from += FRAGMENTS_A_PAGE) {
      const some = unseen.slice(from, from + FRAGMENTS_A_PAGE);
      const found = await readWhole(bodies, { sessionId, hashes: some, onDamaged });
      yield found.map((fragment) => ({ fragment }));
    }
  };
  for await (const entries of entriesOf(log, known)) yield* readNew(entries.map(({ hash }) => hash));
  yield* readNew(listed);
  for await (const entries of entriesOf(log, known)) yield entries.map((entry) => ({ entry }));
  if ((await log.digest(sessionId, known.knownThrough)) === known.digest) return;
  throw changing(sessionId);
}

async function readWhole(
  bodies: FragmentBodies,
  { sessionId, hashes, onDamaged }: Pick<Source, 'onDamaged'> & { sessionId: string; hashes: readonly FragmentHash[] },
): Promise<readonly WholeFragment[]> {
  for (let left = hashes; ; ) {
    try {
      return await bodies.read(sessionId, left);
    } catch (error) {
      const damaged = error instanceof ContractError ? error.details.fragment : undefined;
      if (onDamaged === undefined || typeof damaged !== 'string') throw error;
      onDamaged(damaged);
      left = left.filter((hash) => hash !== damaged);
    }
  }
}

/** How far the log is known, and what is withdrawn of it, at one moment. */
async function begin(log: ReadLog, sessionId: string): Promise<{ known: KnownLog; withdrawn: Withdrawn }> {
  for (let tries = 0; tries < MAXIMUM_TRIES; tries++) {
    const known = await log.known(sessionId);
    const withdrawn = await log.withdrawn(sessionId);
    if (withdrawn.digest === known.withdrawnDigest) return { known, withdrawn };
  }
  throw changing(sessionId);
}

async function* entriesOf(
  log: ReadLog,
  { sessionId, knownThrough }: KnownLog,
): AsyncGenerator<readonly LogEntry[], void> {
  for (let from = 0; from <= knownThrough; from += ENTRIES_A_PAGE) {
    const count = Math.min(ENTRIES_A_PAGE, knownThrough + 1 - from);
    const entries = await log.entries(sessionId, from, count);
    if (entries.length < count) throw changing(sessionId);
    yield entries;
  }
}

function changing(sessionId: string): ContractError {
  return new ContractError(
    'STORAGE_UNAVAILABLE',
    `the copy of the log of ${sessionId} was replaced meanwhile: try again`,
  );
}

/** What is to be thrown for a fragment that its name does not vouch for. */
export function notWhatItIsNamedFor(hash: FragmentHash): ContractError {
  const message = `fragment ${hash} is not what it is named for: it is damaged, or was named with another tenant key`;
  return new ContractError('STORAGE_CORRUPT', message, { fragment: hash });
}
