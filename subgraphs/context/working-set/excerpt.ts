import { ColumnTerms } from '@supercontext/text/column-terms.ts';
import { belowHeader, showRow } from '@supercontext/text/show-row.ts';
import type { Place, TableRow } from '@supercontext/text/table-rows.ts';
import { termSetOf, termsOf } from '@supercontext/text/terms.ts';
import { splitUnits, type Unit, withWholeRows } from '@supercontext/text/units.ts';
import { countTokens } from '@supercontext/tokens/count-tokens.ts';
import { clipText } from './clip-text.ts';
import { windowOf } from './window.ts';

/** What a term is worth in the words of a passage is 1; in its heading only, or in what stands around it, less. */
const IN_HEADING = 0.7;
const AROUND = 0.5;
/** What is said again makes a passage more likely to be about it, but not by much. */
const SAID_AGAIN = 0.1;
/** A heading, or the head of a list item or table row, says what follows is about. */
const DEFINES = 0.6;
const DEFINING_CHARACTERS = 48;
const LINK = /https?:\/\/[^\s)\]>]+/g;
/** Units count a token or two less apart than joined. */
const JOIN_TOKENS = 1;

/** What stands between two units costs: most often a blank, but rules and fences, too, which are in none. */
function joinTokens(between: string): number {
  return between.trim() === '' ? JOIN_TOKENS : JOIN_TOKENS + countTokens(between);
}

interface ScoredUnit extends Unit {
  /** Of a table: it names what the rows say. */
  readonly isHeader: boolean;
  readonly tokens: number;
  /** Of what stands between it and the unit before. */
  readonly joinTokens: number;
  readonly terms: readonly string[];
  /** Terms of the names of the columns in which it says something. */
  readonly named: ReadonlySet<string>;
  /** Weight of the terms that it defines rather than mentions. */
  readonly defines: number;
}

/**
 * The passage of `text` that fits a question best: a run of whole sentences and lines of at most `maximumTokens`, word for
 * word as it stands there. A small model reads one passage better than scraps of five. What the fragment's path and headings
 * say need not be said again in the passage; what a table's header says is, above the first row that is shown without it, and
 * of a row longer than the room those cells are shown that fit the question.
 */
export function excerpt(
  { text, name }: { readonly text: string; readonly name: string | null },
  weights: ReadonlyMap<string, number>,
  maximumTokens: number,
): string {
  const whole = withWholeRows(splitUnits(text));
  const headerTokens = countHeaders(text, whole);
  const columnTerms = new ColumnTerms(text, (term) => weights.has(term));
  const units = whole.map((unit, at) => ({
    ...scoreUnit(text, unit, { weights, isHeader: headerTokens.has(unit.row?.from ?? -1) }),
    named: columnTerms.of(unit.row),
    joinTokens: at === 0 ? 0 : joinTokens(text.slice(whole[at - 1]?.to, unit.from)),
  }));
  const headings = units.filter(({ kind }) => kind === 'heading').map((unit) => cut(text, unit));
  const context = new Set(termsOf([name ?? '', ...headings].join('\n')));
  let best: Passage | null = null;
  for (const [first, unit] of units.entries()) {
    if (unit.terms.length === 0 && unit.named.size === 0 && unit.kind !== 'heading') continue;
    const header = headerTokens.get(unit.row?.header?.from ?? -1) ?? 0;
    const passage = passageFrom(units, first, { weights, context, maximumTokens: maximumTokens - header });
    // The names of columns alone say nothing.
    if (unit.isHeader && passage.to === unit.to) continue;
    if (best === null || passage.score > best.score) best = passage;
  }
  if (best === null) return clipText(text, maximumTokens);
  const passage = show(text, best, weights, maximumTokens);
  return clipText(passage, maximumTokens, windowOf(passage, weights, maximumTokens));
}

function cut(text: string, { from, to }: Place): string {
  return text.slice(from, to);
}

/** Place of each table's header -> what it costs above a row. */
function countHeaders(text: string, units: readonly Unit[]): Map<number, number> {
  const headers = new Set(units.flatMap(({ row }) => row?.header ?? []));
  return new Map([...headers].map((header) => [header.from, countTokens(`${cut(text, header)}\n…\n`)]));
}

function scoreUnit(
  text: string,
  unit: Unit,
  { weights, isHeader }: { readonly weights: ReadonlyMap<string, number>; readonly isHeader: boolean },
): Omit<ScoredUnit, 'named' | 'joinTokens'> {
  const own = cut(text, unit);
  const { kind } = unit;
  // A link repeats the words of its page in every line that has it.
  const terms = [...termSetOf(own.replace(LINK, ' '))].filter((term) => weights.has(term));
  const isHead = kind === 'heading' || kind === 'item' || (kind === 'row' && !isHeader);
  const head = terms.length > 0 && isHead ? own.slice(0, DEFINING_CHARACTERS) : '';
  const defines = [...termSetOf(head)].reduce((sum, term) => sum + (weights.get(term) ?? 0), 0) * DEFINES;
  return { ...unit, isHeader, tokens: countTokens(own), terms, defines };
}

interface Passage extends Place {
  readonly score: number;
  /** The row that it begins with. */
  readonly row: TableRow | null;
}

interface Wanted {
  readonly weights: ReadonlyMap<string, number>;
  /** Terms that are said around the passage. */
  readonly context: ReadonlySet<string>;
  readonly maximumTokens: number;
}

/** The longest run of units from `first` on that fits, and what it is worth. */
function passageFrom(
  units: readonly ScoredUnit[],
  first: number,
  { weights, context, maximumTokens }: Wanted,
): Passage {
  const from = units[first]?.from ?? 0;
  let to = from;
  let left = maximumTokens;
  let again = 0;
  let defines = 0;
  const said = new Set<string>();
  const inHeading = new Set<string>();
  for (let at = first; at < units.length; at++) {
    const unit = units[at] as ScoredUnit;
    left -= unit.tokens + (at === first ? 0 : unit.joinTokens);
    if (left < 0 && at > first) break;
    for (const term of unit.terms) {
      if (unit.kind === 'heading' || unit.isHeader) inHeading.add(term);
      else if (said.has(term)) again += weights.get(term) ?? 0;
      else said.add(term);
    }
    for (const term of unit.named) said.add(term);
    defines = Math.max(defines, unit.defines);
    to = unit.to;
  }
  let score = again * SAID_AGAIN + (said.size > 0 ? defines : 0);
  for (const [term, weight] of weights) {
    if (said.has(term)) score += weight;
    else if (inHeading.has(term)) score += weight * IN_HEADING;
    else if (context.has(term)) score += weight * AROUND;
  }
  return { from, to, score, row: units[first]?.row ?? null };
}

/** A passage as it stands, below the header of a table that it begins within; of one long row, the cells that fit. */
function show(
  text: string,
  { from, to, row }: Passage,
  weights: ReadonlyMap<string, number>,
  maximumTokens: number,
): string {
  const passage = text.slice(from, to);
  if (row === null) return passage;
  const isOneRow = to <= row.to;
  if (isOneRow) return showRow(text, row, weights, { maximum: maximumTokens, measure: countTokens });
  return row.header === null ? passage : belowHeader(text, row.header, from, passage);
}
