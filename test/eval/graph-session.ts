import { setTimeout as sleep } from 'node:timers/promises';
import { APPEND, type AppendAnswer, post, type RawAnswer } from '../support/graph.ts';
import { BadInput } from './json-lines.ts';
import type { EvalItem } from './question-set.ts';

/** Far under what one append holds, so that no set of long texts is refused. */
const APPEND_CHARACTERS = 2_000_000;
const APPEND_ITEMS = 1_000;
const PAGE = 500;
const ANSWER_POLL_MS = 20;
/** How long summaries are waited for before questions are asked; what is not made by then is not there. */
const COMPRESSION_DEADLINE_MS = 300_000;
/** The same of vectors: a million tokens take about a minute and a half. */
const EMBEDDING_DEADLINE_MS = 1_800_000;

/** What answers is no graph, or nothing does. */
class NoGraph extends Error {}

/** What a query of the graph holds; the graph itself says whether it is so. */
type Answered = Readonly<Record<string, unknown>>;

/** A fragment of the log, by the item it was cut from. */
export interface LoggedFragment {
  readonly itemId: string;
  readonly text: string;
}

/** A text of a working set that stands in its own fragment. */
export interface ShownText {
  /** Of the first fragment it was taken from. */
  readonly position: number;
  readonly text: string;
  readonly score: number | null;
}

/** One working set as far as it is measured. */
export interface AskedSet {
  readonly tokens: number;
  readonly durationMs: number;
  readonly shown: readonly ShownText[];
  /** All texts in their order, summaries too. */
  readonly texts: readonly string[];
  /** Texts said to be a fragment's that do not stand in it. */
  readonly foreignTexts: number;
  /** Every number that the working set says of itself, by name. */
  readonly numbers: Readonly<Record<string, number>>;
}

/** An answer as the graph gives it. */
export interface AskedAnswer {
  readonly text: string;
  readonly certainty: string | null;
  readonly citations: readonly {
    readonly text: string;
    readonly quotes: readonly string[];
    readonly segment: { readonly from: number };
  }[];
  readonly durationMs: number;
}

/** A working set as the reader of answers is given it. */
export interface ReadSet {
  readonly confidence: number | null;
  readonly segments: readonly {
    readonly text: string;
    readonly about: string;
    readonly saidAt: number | null;
    readonly score: number;
    readonly from: number;
    readonly modelWritten: boolean;
  }[];
}

interface ReadSetAnswer {
  readonly confidence: number | null;
  readonly segments: readonly {
    readonly text: string;
    readonly score: number | null;
    readonly reason: string;
    readonly modelWritten: boolean;
    readonly from: number;
    readonly role?: string | null;
    readonly speaker?: string | null;
    readonly occurredAt?: string | null;
    readonly source?: { readonly name: string | null } | null;
  }[];
}

interface SegmentAnswer {
  readonly __typename: string;
  readonly text: string;
  readonly score: number | null;
  readonly from?: number;
  readonly fragment?: { readonly text: string } | null;
}

/** A session of a running platform, filled and asked over its graph like any other frontend does. */
export class GraphSession {
  readonly #url: string;
  readonly #id: string;
  readonly #numberFields: readonly string[];

  private constructor(url: string, id: string, numberFields: readonly string[]) {
    this.#url = url;
    this.#id = id;
    this.#numberFields = numberFields;
  }

  /** @throws BadInput when nothing answers at `url` as the graph does */
  static async open(url: string, title: string): Promise<GraphSession> {
    // Who has answered once is a platform: if it then stops, the input is not to blame.
    const numberFields = await numberFieldsOf(url, 'WorkingSet').catch((error: unknown) => {
      throw error instanceof NoGraph ? new BadInput(error.message) : error;
    });
    const data = await ask(
      url,
      'mutation ($input: OpenSessionInput!) { openSession(input: $input) { session { id } userErrors { code } } }',
      { input: { title } },
    );
    const { openSession } = data as { readonly openSession: { readonly session: { readonly id: string } } };
    return new GraphSession(url, openSession.session.id, numberFields);
  }

  /** Appends all items, those of a group together as far as one append holds them. */
  async feed(items: readonly EvalItem[]): Promise<void> {
    let number = 0;
    for (const batch of batches(items)) {
      const data = await ask(this.#url, APPEND, {
        input: { sessionId: this.#id, idempotencyKey: `items-${number++}`, items: batch.map(inputOf) },
      });
      const { appendContext } = data as unknown as AppendAnswer;
      const [refusal] = appendContext.userErrors;
      if (refusal !== undefined) throw new BadInput(`the platform does not take item ${batch[0]?.id}: ${refusal.code}`);
    }
  }

  /** Waits until there is no work on summaries, so that every run asks the same session. False when it took too long. */
  async compressed(): Promise<boolean> {
    const deadlineMs = performance.now() + COMPRESSION_DEADLINE_MS;
    let quiet = 0;
    while (performance.now() < deadlineMs) {
      const data = await this.#session('compression { pendingJobs }');
      const { compression } = data as { readonly compression: { readonly pendingJobs: number } | null };
      // A level that is done makes the jobs of the next one: twice nothing is nothing.
      quiet = compression?.pendingJobs === 0 ? quiet + 1 : 0;
      if (quiet === 3) return true;
      await sleep(300);
    }
    return false;
  }

  /** Waits until all of it can be found by meaning, where there is an embedder. False when it took too long. */
  async embedded(): Promise<boolean> {
    const deadlineMs = performance.now() + EMBEDDING_DEADLINE_MS;
    for (; performance.now() < deadlineMs; await sleep(300)) {
      const data = await this.#session('fragmentCount storage { vectorsIndexedThrough }');
      const { fragmentCount, storage } = data as unknown as Embedded;
      const through = storage?.vectorsIndexedThrough ?? null;
      if (through === null || through >= fragmentCount - 1) return true;
    }
    return false;
  }

  /** Leaves nothing behind in a platform that others use. */
  async erase(): Promise<void> {
    await ask(
      this.#url,
      'mutation ($input: EraseSessionInput!) { eraseSession(input: $input) { userErrors { code } } }',
      {
        input: { sessionId: this.#id },
      },
    );
  }

  /** The log in order of position, each fragment with the item it is of. */
  async log(items: readonly EvalItem[]): Promise<LoggedFragment[]> {
    const fragments: LoggedFragment[] = [];
    let after: string | null = null;
    let at = 0;
    let left = items[0]?.text.length ?? 0;
    for (;;) {
      const data = await this.#session(
        `fragments(first: ${PAGE}, after: $after) { edges { position node { text } } pageInfo { hasNextPage endCursor } }`,
        ', $after: Cursor',
        { after },
      );
      const page = (data as { readonly fragments: FragmentPage }).fragments;
      for (const { position, node } of page.edges) {
        while (left === 0) left = items[++at]?.text.length ?? -1;
        const item = items[at];
        left -= node.text.length;
        if (item === undefined || left < 0 || position !== fragments.length)
          throw new Error(`the log of the session and what was appended part at position ${position}`);
        fragments.push({ itemId: item.id, text: node.text });
      }
      if (!page.pageInfo.hasNextPage) return fragments;
      after = page.pageInfo.endCursor;
    }
  }

  /** Positions of the first `first` hits. */
  async search(question: string, first: number): Promise<number[]> {
    const data = await this.#session(`search(query: $question, first: ${first}) { position }`, ', $question: String!', {
      question,
    });
    return (data as { readonly search: readonly { readonly position: number }[] }).search.map(
      ({ position }) => position,
    );
  }

  async workingSet(question: string, budgetTokens: number): Promise<AskedSet> {
    const start = performance.now();
    const data = await this.#session(
      `workingSet(query: $question, budgetTokens: $budget) {
        ${this.#numberFields.join(' ')}
        segments { __typename text score ... on FragmentSegment { from fragment { text } } }
      }`,
      ', $question: String!, $budget: Int!',
      { question, budget: budgetTokens },
    );
    const durationMs = performance.now() - start;
    const { segments, ...numbers } = (
      data as { readonly workingSet: { readonly segments: readonly SegmentAnswer[] } & Record<string, unknown> }
    ).workingSet;
    const taken = segments.filter((segment) => segment.__typename === 'FragmentSegment');
    const own = taken.filter(standsInItsFragment);
    return {
      tokens: Number(numbers.tokens),
      durationMs,
      shown: own.map(({ text, score, from }) => ({ text, score, position: from ?? -1 })),
      texts: segments.map(({ text }) => text),
      foreignTexts: taken.length - own.length,
      numbers: { ...onlyNumbers(numbers), ...bestScore(segments) },
    };
  }

  /** The evidence of a working set with what a reader of it needs, and what was said last. */
  async readSet(question: string, budgetTokens: number): Promise<ReadSet> {
    const data = await this.#session(
      `workingSet(query: $question, budgetTokens: $budget) { confidence segments { text score reason modelWritten from
        ... on FragmentSegment { role speaker occurredAt source { name } } ... on SummarySegment { from } } }`,
      ', $question: String!, $budget: Int!',
      { question, budget: budgetTokens },
    );
    const { confidence, segments } = (data as { readonly workingSet: ReadSetAnswer }).workingSet;
    const read = segments.filter(({ reason }) => reason === 'EVIDENCE' || reason === 'RECENT');
    return {
      confidence,
      segments: read.map(({ text, score, modelWritten, from, role, speaker, occurredAt, source }) => ({
        ...{ text, modelWritten, from, score: score ?? 0 },
        about: [source?.name, speaker, occurredAt?.slice(0, 10)].filter((part) => part != null).join(', '),
        saidAt: role === 'USER' ? (occurredAt == null ? from : Date.parse(occurredAt)) : null,
      })),
    };
  }

  /** Asks as a person does, by the platform's default model: the question and its answer become a part of the session. */
  async answer(question: string): Promise<AskedAnswer> {
    const start = performance.now();
    const asked = await ask(
      this.#url,
      'mutation ($input: AskInput!) { ask(input: $input) { generation { id } userErrors { code } } }',
      { input: { sessionId: this.#id, prompt: question } },
    );
    const { generation } = (asked as { readonly ask: { readonly generation: { readonly id: string } | null } }).ask;
    if (generation === null) throw new Error(`the platform does not answer: ${question}`);
    for (;;) {
      const data = await ask(
        this.#url,
        `query ($id: ID!) { generation(id: $id) { status text certainty
          citations { text quotes segment { ... on FragmentSegment { from } ... on SummarySegment { from } } } } }`,
        { id: generation.id },
      );
      const { status, ...answer } = data.generation as unknown as AskedAnswer & { readonly status: string };
      if (status === 'COMPLETED') return { ...answer, durationMs: performance.now() - start };
      if (status !== 'RUNNING') throw new Error(`an answer ended as ${status}: ${question}`);
      await sleep(ANSWER_POLL_MS);
    }
  }

  async #session(fields: string, parameters = '', variables: Record<string, unknown> = {}): Promise<Answered> {
    const data = await ask(this.#url, `query ($id: ID!${parameters}) { session(id: $id) { ${fields} } }`, {
      id: this.#id,
      ...variables,
    });
    return data.session as Answered;
  }
}

interface Embedded {
  readonly fragmentCount: number;
  readonly storage: { readonly vectorsIndexedThrough: number | null } | null;
}

interface FragmentPage {
  readonly edges: readonly { readonly position: number; readonly node: { readonly text: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

async function ask(url: string, query: string, variables: Record<string, unknown> = {}): Promise<Answered> {
  let answer: RawAnswer;
  try {
    answer = await post(url, query, variables);
  } catch {
    throw new NoGraph(`${url}: no platform answers there`);
  }
  const [error] = answer.errors ?? [];
  if (error !== undefined) throw new Error(`${error.extensions?.code ?? answer.status}: ${error.message}`);
  if (answer.data == null) throw new NoGraph(`${url}: what answers there is no graph (status ${answer.status})`);
  return answer.data;
}

/** The numbers among the fields of a type, as this platform's schema has them: newer ones have more. */
async function numberFieldsOf(url: string, type: string): Promise<string[]> {
  const data = await ask(
    url,
    'query ($type: String!) { __type(name: $type) { fields { name args { name } type { name ofType { name } } } } }',
    { type },
  );
  const found = data.__type as {
    readonly fields: readonly {
      readonly name: string;
      readonly args: readonly object[];
      readonly type: { readonly name: string | null; readonly ofType: { readonly name: string } | null };
    }[];
  } | null;
  if (found === null) throw new NoGraph(`${url}: the graph there has no ${type}`);
  return found.fields
    .filter(
      ({ args, type: { name, ofType } }) => args.length === 0 && ['Int', 'Float'].includes(name ?? ofType?.name ?? ''),
    )
    .map(({ name }) => name);
}

function onlyNumbers(fields: Readonly<Record<string, unknown>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}

/** What a caller can read off without being told how sure the platform is. */
function bestScore(segments: readonly SegmentAnswer[]): Record<string, number> {
  const scores = segments.flatMap(({ score }) => (score === null ? [] : [score]));
  return scores.length === 0 ? {} : { bestScore: Math.max(...scores) };
}

/** An excerpt stands in its fragment when each of its parts does. */
function standsInItsFragment({ text, fragment }: SegmentAnswer): boolean {
  return text.split(/\s*…\s*/).every((part) => fragment?.text.includes(part.trim()) === true);
}

function inputOf({ path, text, role, occurredAt }: EvalItem): Record<string, unknown> {
  const date = occurredAt === null ? {} : { occurredAt };
  return path === null ? { message: { role, text, ...date } } : { file: { path, text, ...date } };
}

function* batches(items: readonly EvalItem[]): Generator<readonly EvalItem[]> {
  let batch: EvalItem[] = [];
  let characters = 0;
  for (const item of items) {
    const isFull = characters + item.text.length > APPEND_CHARACTERS || batch.length === APPEND_ITEMS;
    if (batch.length > 0 && (isFull || batch[0]?.group !== item.group)) {
      yield batch;
      batch = [];
      characters = 0;
    }
    batch.push(item);
    characters += item.text.length;
  }
  if (batch.length > 0) yield batch;
}
