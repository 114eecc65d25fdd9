import type { LogEntry } from '../log/session-log.ts';
import type { Candidate } from './candidates.ts';
import { JOIN_TOKENS } from './ledger.ts';

/** What is shown or left out at once: a fragment, a passage of it, or all parts of a message. */
export interface Offer {
  /** In order of the log. */
  readonly entries: readonly LogEntry[];
  /** 0-1, of the part that fits best. */
  readonly score: number;
  /** What showing it costs, about. */
  readonly tokens: number;
}

/**
 * How much its length counts against a text: worth is score / tokens ** LENGTH_COST. At 0 long answers crowd out the short
 * messages that they answer; at 0.5 they are hardly ever shown.
 */
const LENGTH_COST = 0.25;

/** What a text is worth for each token, roughly. */
export function worth({ score, tokens }: Pick<Offer, 'score' | 'tokens'>): number {
  return score / Math.max(1, tokens) ** LENGTH_COST;
}

export function byWorth(one: Pick<Offer, 'score' | 'tokens'>, other: Pick<Offer, 'score' | 'tokens'>): number {
  return worth(other) - worth(one);
}

/** A message is shown as a whole where that takes no more of the room. */
export const MESSAGE_SHARE = 1 / 4;
/** Parts of a message that are looked for. */
export const MOST_PARTS = 8;

/**
 * What the candidates come to, by worth. Where one part of a message fits the question, the others say the rest of it: together
 * they are as good as the best of them. What has more than `passageTokens` is offered as a passage of that length.
 * @param parts By the position of its first part, all parts of each message that has several.
 */
export function offersOf(
  candidates: readonly Candidate[],
  parts: ReadonlyMap<number, readonly LogEntry[]>,
  { roomTokens, passageTokens }: { readonly roomTokens: number; readonly passageTokens: (entry: LogEntry) => number },
): Offer[] {
  const offers: Offer[] = [];
  const offered = new Set<number>();
  for (const { entry, score } of candidates) {
    if (offered.has(entry.position)) continue;
    const message = entry.firstPart === null ? undefined : parts.get(entry.firstPart);
    const whole = message === undefined ? Number.POSITIVE_INFINITY : costOf(message);
    const entries = message !== undefined && whole <= roomTokens * MESSAGE_SHARE ? message : [entry];
    for (const { position } of entries) offered.add(position);
    const tokens = entries === message ? whole : Math.min(entry.tokens, passageTokens(entry)) + JOIN_TOKENS;
    offers.push({ entries, score, tokens });
  }
  return offers.sort(byWorth);
}

function costOf(entries: readonly LogEntry[]): number {
  return entries.reduce((sum, { tokens }) => sum + tokens + JOIN_TOKENS, 0);
}
