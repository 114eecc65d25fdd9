import { inSlices } from '@supercontext/runtime/process/in-slices.ts';
import type { FragmentText } from '../fragment-texts.ts';
import type { LogEntry } from '../log/session-log.ts';
import type { Candidate } from './candidates.ts';
import { byWorth, type Offer, offersOf } from './offers.ts';
import { passagesOf } from './passages.ts';
import { Selection } from './selection.ts';

export interface EvidenceRequest {
  readonly question: string;
  /** As search ranked them. */
  readonly candidates: readonly Candidate[];
  /** By the position of its first part, all parts of each message that has several. */
  readonly parts: ReadonlyMap<number, readonly LogEntry[]>;
  /** What may be spent. */
  readonly roomTokens: number;
  /** At most, of one fragment. */
  readonly passageTokens: (entry: LogEntry) => number;
  /** Whether an entry with this text is a source. */
  readonly isSource: (entry: LogEntry, text: string) => boolean;
  /** Texts by hash; what cannot be read is left out. At most 512 entries. */
  readonly read: (entries: readonly LogEntry[]) => Promise<ReadonlyMap<string, FragmentText>>;
  readonly signal?: AbortSignal | undefined;
}

/** What scores less, as a share of the best, has little to do with the question. */
const LEAST_SCORE = 0.1;
/** Texts are read for more than there is room: some are no source, say what has been said, or do not fit. */
const READ_AHEAD = 1.5;
const SMALLEST_BATCH = 12;
const TEXTS_A_BATCH = 512;
const MOST_BATCHES = 8;

/**
 * What is worth its tokens, until the room is full: by score against length, each text once, the newer of two that say the same.
 * Works in slices: hundreds of candidates take longer than others can wait.
 */
export async function chooseEvidence(request: EvidenceRequest): Promise<Selection> {
  const { candidates, parts, roomTokens, isSource, read, signal } = request;
  const selection = new Selection(roomTokens);
  const relevant = candidates.filter(({ score }) => score >= LEAST_SCORE);
  let offers = offersOf(relevant, parts, request);
  for (let batch = 0, at = 0; batch < MOST_BATCHES && at < offers.length && selection.hasRoom; batch++) {
    // What would be cut to more than is left is not read in vain.
    if (batch > 0) {
      offers = offers.slice(at).filter(({ tokens }) => tokens <= selection.leftTokens);
      at = 0;
    }
    const some = batchOf(offers, at, selection.leftTokens * READ_AHEAD);
    at += some.length;
    const texts = await read(some.flatMap(({ entries }) => entries));
    const isOne = ({ entries }: Offer) => entries.every((entry) => isSource(entry, texts.get(entry.hash)?.text ?? ''));
    const sources = await inSlices(some, isOne, signal);
    const passages = await passagesOf(
      some.filter((_, place) => sources[place]),
      { ...request, texts },
    );
    await inSlices(passages.sort(byWorth), (passage) => selection.offer(passage), signal);
  }
  selection.end();
  return selection;
}

/** The next offers, so many that they cost about `tokens`. */
function batchOf(offers: readonly Offer[], from: number, tokens: number): Offer[] {
  const batch: Offer[] = [];
  let cost = 0;
  let texts = 0;
  for (let at = from; at < offers.length && (cost < tokens || batch.length < SMALLEST_BATCH); at++) {
    const offer = offers[at] as Offer;
    texts += offer.entries.length;
    if (texts > TEXTS_A_BATCH) break;
    cost += offer.tokens;
    batch.push(offer);
  }
  return batch;
}
