import type { Degradation } from '@supercontext/contract';
import { fold } from '@supercontext/text/fold.ts';
import { standingInstructions } from '@supercontext/text/standing-instructions.ts';
import { countTokens } from '@supercontext/tokens/count-tokens.ts';
import type { ContextState } from '../state.ts';
import { type Message, readTexts, type WorkingSetRequest } from './gather.ts';
import { JOIN_TOKENS } from './ledger.ts';
import { entriesOf } from './search-log.ts';
import { isShownIn } from './shown-entries.ts';
import { addEntry, type Draft } from './stable-part.ts';

const MOST_STANDING = 32;
/** Of a message that is for the most part an instruction, or has little beside it, the rest is shown, too. */
const MOST_OF_IT = 2 / 3;

/** A message of the user, and what it says of how things are to be done from now on. */
export interface Standing extends Message {
  readonly instruction: string;
}

/** What the user asked to be kept to, newest first; it holds whatever the question is, and need not share a word with it. */
export async function readStanding(
  state: ContextState,
  request: WorkingSetRequest,
  positions: readonly number[],
  degraded: Degradation[],
): Promise<Standing[]> {
  if (positions.length === 0) return [];
  const { session, signal } = request;
  const isShown = isShownIn(request);
  const found = await entriesOf(state, session.id, positions);
  const entries = positions
    .flatMap((position) => found.get(position) ?? [])
    // A part of a long message is a pasted text, whose orders are for others.
    .filter((entry) => entry.firstPart === null && isShown(entry))
    .filter(isFirst(({ hash }) => hash))
    .slice(0, MOST_STANDING);
  const texts = await readTexts(state, session.id, { entries, signal, degraded });
  const standing = entries.flatMap((entry) => {
    const read = texts.get(entry.hash);
    const instruction = standingInstructions(read?.text ?? '').join(' ');
    return read === undefined || instruction === '' ? [] : [{ entry, ...read, instruction }];
  });
  return standing.filter(isFirst(({ instruction }) => fold(instruction)));
}

/** Keeps the first of those that are the same. */
function isFirst<Item>(keyOf: (item: Item) => string): (item: Item) => boolean {
  const seen = new Set<string>();
  return (item) => {
    const key = keyOf(item);
    return !seen.has(key) && seen.add(key) !== undefined;
  };
}

/** The newest that fit the share, in order of the log: from turn to turn it changes at its end, until the oldest has to go. */
export function addStanding(draft: Draft, standing: readonly Standing[], shareTokens: number): void {
  let left = shareTokens;
  const fitting = standing.flatMap(({ entry, text, name, instruction }) => {
    const instructionTokens = countTokens(instruction);
    const isWhole = instructionTokens >= entry.tokens * MOST_OF_IT;
    const tokens = (isWhole ? entry.tokens : instructionTokens) + JOIN_TOKENS;
    if (tokens > left) return [];
    left -= tokens;
    const shown = isWhole ? text : instruction;
    return [{ entry, shown: { text: shown, name, isExcerpt: shown !== text } }];
  });
  for (const { entry, shown } of fitting.reverse()) addEntry(draft, entry, { reason: 'system', score: null, ...shown });
}
