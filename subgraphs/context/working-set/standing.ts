import type { Degradation } from '@supercontext/contract';
import { standingInstructions } from '@supercontext/text/standing-instructions.ts';
import { countTokens } from '@supercontext/tokens/count-tokens.ts';
import type { ContextState } from '../state.ts';
import { type Message, readTexts, type WorkingSetRequest } from './gather.ts';
import { JOIN_TOKENS } from './ledger.ts';
import { entriesOf } from './search-log.ts';
import { isShownIn } from './shown-entries.ts';
import { addEntry, type Draft } from './stable-part.ts';

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
  const entries = positions.flatMap((position) => found.get(position) ?? []).filter(isShown);
  const texts = await readTexts(state, session.id, { entries, signal, degraded });
  return entries.flatMap((entry) => {
    const read = texts.get(entry.hash);
    const instruction = standingInstructions(read?.text ?? '').join(' ');
    return read === undefined || instruction === '' ? [] : [{ entry, ...read, instruction }];
  });
}

/** The newest that fit the share, in order of the log: from turn to turn it changes at its end, until the oldest has to go. */
export function addStanding(draft: Draft, standing: readonly Standing[], shareTokens: number): void {
  let left = shareTokens;
  const fitting = standing.filter(({ instruction }) => {
    const tokens = countTokens(instruction) + JOIN_TOKENS;
    if (tokens > left) return false;
    left -= tokens;
    return true;
  });
  for (const { entry, text, name, instruction } of fitting.reverse()) {
    const isExcerpt = instruction !== text;
    addEntry(draft, entry, { reason: 'system', score: null, text: instruction, name, isExcerpt });
  }
}
