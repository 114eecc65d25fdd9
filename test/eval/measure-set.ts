import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { mean } from './bootstrap.ts';
import type { AskedSet, GraphSession, LoggedFragment } from './graph-session.ts';
import { Packing } from './pack.ts';
import type { Peer, Ranking } from './peer.ts';
import type { EvalItem, EvalQuestion, Gold, QuestionSet } from './question-set.ts';
import { SHOWN_SHARE, shownShare, WHOLE_SHARE, wordLine } from './shown.ts';

const FIRST_HITS = 10;

/** What one question at one budget came to. */
export interface BudgetFigures {
  readonly budgetTokens: number;
  /** Share of the gold that is shown, 0-1; null where there is no gold. */
  readonly recall: number | null;
  /** Share of the gold that is shown whole. */
  readonly whole: number | null;
  readonly tokens: number;
  readonly durationMs: number;
  readonly isOverBudget: boolean;
  readonly foreignTexts: number;
  readonly numbers: Readonly<Record<string, number>>;
  /** Recall of each peer's packing. */
  readonly peers: Readonly<Record<string, number | null>>;
}

/** What one question came to. */
export interface QuestionFigures {
  readonly set: string;
  readonly question: string;
  readonly category: string;
  readonly half: string;
  /** Whether the gold is among the first 10 hits of the search, 0-1; null where there is no gold. */
  readonly recallAt10: number | null;
  readonly peersAt10: Readonly<Record<string, number | null>>;
  readonly budgets: readonly BudgetFigures[];
}

/** What the peers search in: messages whole, documents in the fragments that the platform cut, so that no cut is to anybody's advantage. */
interface Passage {
  readonly itemId: string;
  readonly text: string;
  readonly line: string;
  readonly isWholeItem: boolean;
}

/** What is asked: a session of a running platform. */
export type AskedSession = Pick<GraphSession, 'log' | 'search' | 'workingSet'>;

interface Readied {
  readonly name: string;
  readonly ranking: Ranking;
}

/** Everything about a set that its questions share. */
interface Ground {
  readonly session: AskedSession;
  readonly items: ReadonlyMap<string, EvalItem>;
  readonly log: readonly LoggedFragment[];
  readonly passages: readonly Passage[];
  readonly packing: Packing;
  readonly peers: readonly Readied[];
  readonly budgets: readonly number[];
}

/**
 * Asks a session that holds the items of `set` all of its questions, and every peer the same.
 *
 * @param onAsked called after each question
 */
export async function measureSet(
  set: QuestionSet,
  session: AskedSession,
  options: { readonly peers: readonly Peer[]; readonly budgets: readonly number[]; readonly onAsked: () => void },
): Promise<QuestionFigures[]> {
  const log = await session.log(set.items);
  const passages = passagesOf(set.items, log);
  const texts = passages.map(({ text }) => text);
  const peers: Readied[] = [];
  if (options.peers.length > 0) {
    for (const { name, rank } of options.peers) peers.push({ name, ranking: await rank(texts) });
  }
  const ground: Ground = {
    session,
    items: new Map(set.items.map((item) => [item.id, item])),
    log,
    passages,
    packing: new Packing(peers.length > 0 ? texts : []),
    peers,
    budgets: options.budgets,
  };
  const figures: QuestionFigures[] = [];
  for (const question of set.questions) {
    figures.push(await measureQuestion(set.name, question, ground));
    options.onAsked();
  }
  return figures;
}

async function measureQuestion(set: string, asked: EvalQuestion, ground: Ground): Promise<QuestionFigures> {
  const { question, category, half, gold } = asked;
  const hits = await ground.session.search(question, FIRST_HITS);
  const orders = new Map<string, readonly number[]>();
  for (const { name, ranking } of ground.peers) orders.set(name, await ranking(question));
  const budgets: BudgetFigures[] = [];
  for (const budgetTokens of ground.budgets) {
    const answer = await ground.session.workingSet(question, budgetTokens);
    const packed = [...orders].map(([name, order]) => {
      const taken = ground.packing.pack(order, budgetTokens).flatMap((place) => ground.passages[place] ?? []);
      return [name, recallOf(gold, (one) => packedShare(one, taken), SHOWN_SHARE)] as const;
    });
    budgets.push({
      budgetTokens,
      ...ownFigures(answer, asked, ground, budgetTokens),
      peers: Object.fromEntries(packed),
    });
  }
  const firstOf = (order: readonly number[]) =>
    order.slice(0, FIRST_HITS).flatMap((place) => ground.passages[place] ?? []);
  return {
    set,
    question,
    category,
    half,
    recallAt10: recallOf(gold, (one) => hitShare(one, hits, ground), SHOWN_SHARE),
    peersAt10: Object.fromEntries(
      [...orders].map(([name, order]) => [
        name,
        recallOf(gold, (one) => packedShare(one, firstOf(order)), SHOWN_SHARE),
      ]),
    ),
    budgets,
  };
}

type OwnFigures = Omit<BudgetFigures, 'budgetTokens' | 'peers'>;

function ownFigures(answer: AskedSet, { gold }: EvalQuestion, ground: Ground, budgetTokens: number): OwnFigures {
  const { tokens, durationMs, foreignTexts, numbers } = answer;
  const lines = answer.shown.map(({ position, text }) => ({
    itemId: ground.log[position]?.itemId,
    line: wordLine(text),
  }));
  const shareOf = (one: Gold) => {
    // A message counts wherever its words are shown; a passage of a document only out of this document.
    const isDocument = ground.items.get(one.itemId)?.path != null;
    const fitting = lines.filter(({ itemId }) => !isDocument || itemId === one.itemId);
    return shownShare(
      one.text,
      fitting.map(({ line }) => line),
    );
  };
  return {
    recall: recallOf(gold, shareOf, SHOWN_SHARE),
    whole: recallOf(gold, shareOf, WHOLE_SHARE),
    tokens,
    durationMs,
    isOverBudget: countTokens(answer.texts.join('\n\n')) > budgetTokens,
    foreignTexts,
    numbers,
  };
}

function recallOf(gold: readonly Gold[], shareOf: (gold: Gold) => number, least: number): number | null {
  return gold.length === 0 ? null : mean(gold.map((one) => (shareOf(one) >= least ? 1 : 0)));
}

/** A whole message is there or not; of a document its passage is looked for in what was taken of it. */
function packedShare(gold: Gold, taken: readonly Passage[]): number {
  const own = taken.filter(({ itemId }) => itemId === gold.itemId);
  if (own.some(({ isWholeItem }) => isWholeItem)) return 1;
  return shownShare(
    gold.text,
    own.map(({ line }) => line),
  );
}

/** A message is found with any fragment of it, a passage of a document with the fragments that hold it. */
function hitShare(gold: Gold, hits: readonly number[], ground: Ground): number {
  const own = hits.flatMap((position) => {
    const fragment = ground.log[position];
    return fragment?.itemId === gold.itemId ? [fragment] : [];
  });
  if (ground.items.get(gold.itemId)?.path == null) return own.length > 0 ? 1 : 0;
  return shownShare(
    gold.text,
    own.map(({ text }) => wordLine(text)),
  );
}

function passagesOf(items: readonly EvalItem[], log: readonly LoggedFragment[]): Passage[] {
  const fragments = Map.groupBy(log, ({ itemId }) => itemId);
  return items.flatMap(({ id, path, text }): Passage[] => {
    if (path === null) return [{ itemId: id, text, line: wordLine(text), isWholeItem: true }];
    const own = fragments.get(id) ?? [];
    return own.map((fragment) => ({ ...fragment, line: wordLine(fragment.text), isWholeItem: false }));
  });
}
