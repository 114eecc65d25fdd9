import type { StageVersion } from '@supercontext/contract';
import { safeCut } from '@supercontext/text/safe-cut.ts';
import { TEXT_VERSION } from '@supercontext/text/version.ts';
import { countTokens } from '@supercontext/tokens/count-tokens.ts';
import { chooseUnits, emptySelection, type Selection } from './choose-units.ts';
import { indexUnits } from './index-units.ts';
import { splitUnits, type Unit } from './split-units.ts';

/** A shorter text made of whole units of a longer one. */
export interface Extract {
  readonly text: string;
  /** o200k. */
  readonly tokens: number;
  /** Share of numbers, names and negations that survived, 0-1. */
  readonly fidelity: number;
}

/** Of what is chosen and how it is joined, and of how a text is taken apart. */
const CHOICE_VERSION = 3;

/** Moves when the same input may give another output: nodes of the old version stay readable, new ones are made beside them. */
export const METHOD: StageVersion = Object.freeze({
  name: 'extractive-coverage',
  version: CHOICE_VERSION * 1_000 + TEXT_VERSION,
});

/** Below this share of facts kept, units are added for their facts alone. */
export const FIDELITY_FLOOR = 0.25;
/** How far over its budget a text may go to reach the floor. */
export const ALLOWANCE = 1.5;

/**
 * The units of `texts` that say most in `budgetTokens`, in their order. When they keep less than the floor of the facts,
 * the next best units follow word for word until they do or `ALLOWANCE` is used up. Pure: the same input, the same output.
 */
export function extract(texts: readonly string[], budgetTokens: number): Extract {
  const index = indexUnits(unitsOf(texts));
  const selection = emptySelection(index);
  const counted = new Map<number, number>();
  const tokensOf = (unit: number): number => {
    // One more for what joins it to the next.
    const tokens = counted.get(unit) ?? countTokens(index.units[unit]?.text ?? '') + 1;
    counted.set(unit, tokens);
    return tokens;
  };
  chooseUnits(index, selection, { weights: index.weights, limitTokens: budgetTokens, tokensOf });
  const facts = index.factWeights.reduce((sum, weight) => sum + weight, 0);
  const fidelity = () => (facts === 0 ? 1 : Math.min(1, selection.facts / facts));
  if (fidelity() < FIDELITY_FLOOR) {
    chooseUnits(index, selection, {
      weights: index.factWeights,
      limitTokens: Math.floor(budgetTokens * ALLOWANCE),
      tokensOf,
      isEnough: () => fidelity() >= FIDELITY_FLOOR,
    });
  }
  const text = selection.chosen.size > 0 ? join(index.units, selection) : beginning(index.units[0], budgetTokens);
  return { text, tokens: countTokens(text), fidelity: fidelity() };
}

/** All units of all texts; blocks of different texts differ. */
function unitsOf(texts: readonly string[]): Unit[] {
  const units: Unit[] = [];
  let block = 0;
  for (const text of texts) {
    const own = splitUnits(text);
    const before = units.length;
    for (const unit of own) {
      const header = unit.header === null ? null : unit.header + before;
      units.push({ ...unit, block: unit.block + block, header });
    }
    block += (own.at(-1)?.block ?? 0) + 1;
  }
  return units;
}

/** The chosen units in order; only sentences that followed each other are joined to one line. */
function join(units: readonly Unit[], selection: Selection): string {
  let text = '';
  let before = -1;
  for (const number of [...selection.chosen].sort((a, b) => a - b)) {
    const unit = units[number];
    if (unit === undefined) continue;
    if (before >= 0) text += before === number - 1 && units[before]?.block === unit.block ? ' ' : '\n';
    text += unit.text;
    before = number;
  }
  return text;
}

/** For a text none of whose units fits: as much of the first as does. */
function beginning(unit: Unit | undefined, budgetTokens: number): string {
  let text = unit?.text ?? '';
  while (text !== '' && countTokens(text) > budgetTokens)
    text = text.slice(0, safeCut(text, text.length >> 1, 0)).trimEnd();
  return text;
}
