import { termSetOf, termsOf } from '@supercontext/text/terms.ts';
import { countTokens } from '../split/count-tokens.ts';
import { clipText } from './clip-text.ts';
import { splitUnits, type Unit } from './split-units.ts';
import { windowOf } from './window.ts';

/** The part of a text that fits a question best. */
export interface Excerpt {
  readonly text: string;
  /** The share of the question's weight that it speaks of, 0 and up: a definition counts more than a mention. */
  readonly fit: number;
}

/** What a term is worth in the words of a passage is 1; in its heading only, or in what stands around it, less. */
const IN_HEADING = 0.7;
const AROUND = 0.5;
/** What is said again makes a passage more likely to be about it, but not by much. */
const SAID_AGAIN = 0.1;
/** A heading, or the head of a list item or table row, says what follows is about. */
const DEFINES = 0.6;
const DEFINING_CHARACTERS = 48;
const LINK = /https?:\/\/[^\s)\]>]+/g;
const ITEM = /^(?:[-*+|]|\d{1,3}[.)])\s/;
/** Units count a token or two less apart than joined. */
const JOIN_TOKENS = 1;

interface ScoredUnit extends Unit {
  readonly tokens: number;
  readonly terms: readonly string[];
  /** Weight of the terms that it defines rather than mentions. */
  readonly defines: number;
}

/**
 * The passage of `text` that fits a question best: a run of whole sentences and lines of at most `maximumTokens`, word for
 * word as it stands there. A small model reads one passage better than scraps of five. What the fragment's path and headings
 * say need not be said again in the passage.
 */
export function excerpt(
  { text, name }: { readonly text: string; readonly name: string | null },
  weights: ReadonlyMap<string, number>,
  maximumTokens: number,
): Excerpt {
  const units = splitUnits(text).map((unit) => scoreUnit(text, unit, weights));
  const total = Math.max(
    Number.MIN_VALUE,
    [...weights.values()].reduce((sum, weight) => sum + weight, 0),
  );
  const context = new Set(
    termsOf([name ?? '', ...units.filter(({ isHeading }) => isHeading).map((unit) => cut(text, unit))].join('\n')),
  );
  let best: { from: number; to: number; score: number } | null = null;
  for (const [first, unit] of units.entries()) {
    if (unit.terms.length === 0 && !unit.isHeading) continue;
    const passage = passageFrom(units, first, weights, context, maximumTokens);
    if (best === null || passage.score > best.score) best = passage;
  }
  if (best === null) return { text: clipText(text, maximumTokens), fit: 0 };
  const passage = text.slice(best.from, best.to);
  return { text: clipText(passage, maximumTokens, windowOf(passage, weights, maximumTokens)), fit: best.score / total };
}

function cut(text: string, { from, to }: Unit): string {
  return text.slice(from, to);
}

function scoreUnit(text: string, unit: Unit, weights: ReadonlyMap<string, number>): ScoredUnit {
  const own = cut(text, unit);
  // A link repeats the words of its page in every line that has it.
  const terms = [...termSetOf(own.replace(LINK, ' '))].filter((term) => weights.has(term));
  const head = terms.length > 0 && (unit.isHeading || ITEM.test(own)) ? own.slice(0, DEFINING_CHARACTERS) : '';
  const defines = [...termSetOf(head)].reduce((sum, term) => sum + (weights.get(term) ?? 0), 0) * DEFINES;
  return { ...unit, tokens: countTokens(own), terms, defines };
}

/** The longest run of units from `first` on that fits, and what it is worth. */
function passageFrom(
  units: readonly ScoredUnit[],
  first: number,
  weights: ReadonlyMap<string, number>,
  context: ReadonlySet<string>,
  maximumTokens: number,
): { from: number; to: number; score: number } {
  const from = units[first]?.from ?? 0;
  let to = from;
  let left = maximumTokens;
  let again = 0;
  let defines = 0;
  const said = new Set<string>();
  const inHeading = new Set<string>();
  for (let at = first; at < units.length; at++) {
    const unit = units[at] as ScoredUnit;
    left -= unit.tokens + (at === first ? 0 : JOIN_TOKENS);
    if (left < 0 && at > first) break;
    for (const term of unit.terms) {
      if (unit.isHeading) inHeading.add(term);
      else if (said.has(term)) again += weights.get(term) ?? 0;
      else said.add(term);
    }
    defines = Math.max(defines, unit.defines);
    to = unit.to;
  }
  let score = again * SAID_AGAIN + (said.size > 0 ? defines : 0);
  for (const [term, weight] of weights) {
    if (said.has(term)) score += weight;
    else if (inHeading.has(term)) score += weight * IN_HEADING;
    else if (context.has(term)) score += weight * AROUND;
  }
  return { from, to, score };
}
