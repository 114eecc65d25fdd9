import { parseArgs } from 'node:util';
import { BadInput } from './json-lines.ts';
import type { Half } from './question-set.ts';

export interface EvalOptions {
  /** Folders or files of sets; none: one is made from the installed documentation. */
  readonly paths: readonly string[];
  readonly budgets: readonly number[];
  /** Names; null for all that can be asked here. */
  readonly peers: readonly string[] | null;
  readonly half: Half | null;
  readonly answers: boolean;
  readonly jsonFile: string | null;
  readonly make: MakeOptions;
}

/** What is made when no set is named. */
export interface MakeOptions {
  /** A `node_modules` folder beside the `package-lock.json` that tells what is in it. */
  readonly from: string | null;
  /** Names of packages; null for all. */
  readonly packages: readonly string[] | null;
  /** Of other documents, in other wordings. */
  readonly heldOut: boolean;
  readonly questions: number;
  readonly seed: number;
}

const SMALLEST_BUDGET_TOKENS = 256;
const LARGEST_BUDGET_TOKENS = 1_000_000;
const QUESTIONS = 320;
const MAXIMUM_QUESTIONS = 10_000;

/** @throws BadInput for what is no option, or out of its range */
export function readOptions(args: readonly string[]): EvalOptions {
  const { values, positionals } = parsed(args);
  const half = values.half ?? null;
  if (half !== null && half !== 'fit' && half !== 'report') throw new BadInput('--half is fit or report');
  if (
    positionals.length > 0 &&
    (values.from ?? values.packages ?? values.questions ?? values.seed ?? values['held-out']) !== undefined
  )
    throw new BadInput(
      '--from, --packages, --questions, --seed and --held-out are for a set that is made, when no FOLDER is named',
    );
  return {
    paths: positionals,
    budgets: listOf(values.budgets ?? '2000,8000,32000').map((budget) =>
      whole('--budgets', budget, SMALLEST_BUDGET_TOKENS, LARGEST_BUDGET_TOKENS),
    ),
    peers: values.peers === undefined ? null : listOf(values.peers).filter((name) => name !== 'none'),
    half,
    answers: values.answers ?? true,
    jsonFile: values.json ?? null,
    make: {
      from: values.from ?? null,
      packages: values.packages === undefined ? null : listOf(values.packages),
      heldOut: values['held-out'] ?? false,
      questions: whole('--questions', values.questions ?? String(QUESTIONS), 1, MAXIMUM_QUESTIONS),
      seed: whole('--seed', values.seed ?? '1', 0, 2 ** 32 - 1),
    },
  };
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = {
    ...{ budgets: text, peers: text, half: text, json: text },
    ...({ answers: { type: 'boolean' }, 'held-out': { type: 'boolean' } } as const),
    ...{ from: text, packages: text, questions: text, seed: text },
  };
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, allowNegative: true });
  } catch (error) {
    throw new BadInput((error as Error).message.split('\n')[0]);
  }
}

function listOf(text: string): string[] {
  const list = text.split(',').map((one) => one.trim());
  if (list.some((one) => one === ''))
    throw new BadInput(`a list has commas between its parts, and no empty one: ${text}`);
  return [...new Set(list)];
}

function whole(option: string, text: string, least: number, most: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new BadInput(`${option} takes whole numbers from ${least} to ${most}: ${text}`);
}
