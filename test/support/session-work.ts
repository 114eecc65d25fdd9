import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GraphClient } from '@supercontext/client';
import type { Caller } from './acknowledged.ts';
import { APPEND } from './graph.ts';
import { type AskedQuestion, askUntilEnded, replay } from './question-work.ts';
import { ANSWER } from './redis-platform.ts';

const READ = 'query ($id: ID!) { session(id: $id) { revision } }';
const LOG = `query ($id: ID!, $after: Cursor) { session(id: $id) { revision fragments(first: 512, after: $after) {
  edges { node { text role source { kind name } } } pageInfo { hasNextPage endCursor } } } }`;
const DOCUMENTS =
  'query ($id: ID!) { session(id: $id) { documents(first: 50) { edges { node { path hash } } } turns(last: 100) { edges { node { prompt } } } } }';
const ERASE =
  'mutation ($input: EraseSessionInput!) { eraseSession(input: $input) { erased { fragments } userErrors { code } } }';
const OPEN =
  'mutation ($input: OpenSessionInput!) { openSession(input: $input) { session { id } userErrors { code } } }';
/** Until the answers are part of the log: a stage that was away is told anew a few times a minute. */
const RECORDED_WITHIN_MS = 30_000;

interface LogItem {
  readonly text: string;
  readonly role: string;
  readonly source: { readonly kind: string; readonly name: string | null };
}

/** A gateway, and how it is called. */
export interface Way {
  readonly caller: Caller;
  readonly client: GraphClient;
}

interface LogPage {
  readonly revision: number;
  readonly fragments: {
    readonly edges: readonly { readonly node: LogItem }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  };
}

interface SessionLogRead {
  readonly revision: number;
  readonly items: readonly LogItem[];
}

/** A fault of what the platform acknowledged: with what it was that was promised. */
export class PromiseBroken extends Error {}

/**
 * One session, what was acknowledged of it, and the model of what its log must then be: every acknowledged revision once, in order,
 * readable, with nothing between that nobody wrote. Whoever reads is never shown less than was acknowledged before.
 */
export class SessionWork {
  readonly id: string;
  readonly name: string;
  readonly #ways: Way[];
  readonly #texts: { readonly revision: number; readonly text: string }[] = [];
  readonly #documents = new Map<string, string>();
  readonly #asked: AskedQuestion[] = [];
  readonly #revisions: number[] = [];
  /** Whether it is about to be erased: who has something to append leaves it alone. */
  isErased = false;
  #underWay = 0;
  #calls = 0;
  #sent = 0;
  #newest = 0;
  /** How many of the answers were compared with what their readers were shown. */
  #replayed = 0;

  private constructor(id: string, name: string, way: Way) {
    this.id = id;
    this.name = name;
    this.#ways = [way];
  }

  /** From now on every other call goes this way. */
  also(way: Way): void {
    this.#ways.push(way);
  }

  get #caller(): Caller {
    return this.#way.caller;
  }

  get #way(): Way {
    this.#calls += 1;
    return this.#ways[this.#calls % this.#ways.length] as Way;
  }

  static async open(name: string, by: Way): Promise<SessionWork> {
    const input = { title: name, idempotencyKey: name };
    const { session } = await by.caller.call<{ session: { id: string } }>(OPEN, { input });
    return new SessionWork(session.id, name, by);
  }

  /** How many writes were acknowledged. */
  get acknowledged(): number {
    return this.#revisions.length;
  }

  get questions(): readonly AskedQuestion[] {
    return this.#asked;
  }

  /** @param words about so many; of a few hundred it is more than one fragment */
  async append(words = 12): Promise<void> {
    const number = this.#sent++;
    const text = `${this.name} appends ${number}.\n${Array.from({ length: words }, (_, at) => `w${number}-${at}`).join(' ')}\n`;
    const revision = await this.#commit(number, { items: [{ text: { text } }] });
    this.#texts.push({ revision, text });
  }

  async replace(path: string): Promise<void> {
    const number = this.#sent++;
    const text = `${this.name} says ${number} of ${path}.\n`;
    await this.#commit(number, { items: [{ file: { path, text, version: { part: 0, parts: 1 } } }] });
    this.#documents.set(path, text);
  }

  /** Removes a document if there is one. */
  async remove(): Promise<void> {
    const [path] = this.#documents.keys();
    if (path === undefined) return;
    await this.#commit(this.#sent++, { items: [], removes: [path] });
    this.#documents.delete(path);
  }

  /** Asks, and follows the answer to its end. */
  async ask(): Promise<AskedQuestion> {
    const number = this.#sent++;
    const asked = await askUntilEnded(this.#way, {
      sessionId: this.id,
      prompt: `What does ${this.name} say, number ${number}?`,
      idempotencyKey: `${number}`,
    });
    this.#asked.push(asked);
    return asked;
  }

  /** @throws PromiseBroken when it shows less than was acknowledged before */
  async read(): Promise<void> {
    const [newest, texts] = [this.#newest, this.#inOrder()];
    const { revision } = await this.#caller.call<{ revision: number }>(READ, { id: this.id });
    if (revision < newest) throw new PromiseBroken(`${this.name} is read at ${revision}, acknowledged was ${newest}`);
    const log = await this.#log();
    const shown = textOf(log.items, 'TEXT');
    for (let at = 0, from = 0; at < texts.length; at++) {
      const found = shown.indexOf(texts[at] as string, from);
      if (found === -1) throw new PromiseBroken(`${this.name} is read without "${texts[at]?.slice(0, 40)}"`);
      from = found + (texts[at] as string).length;
    }
  }

  async erase(): Promise<void> {
    await this.#caller.call(ERASE, { input: { sessionId: this.id } }, { doneBefore: 'SESSION_NOT_FOUND' });
  }

  /** @throws PromiseBroken when anything of it is still there */
  async checkErased(): Promise<void> {
    const session = await this.#caller.call<object | null>(READ, { id: this.id });
    if (session !== null) throw new PromiseBroken(`${this.name} was erased, and is there`);
  }

  /** Compares all that there is with all that was acknowledged. Nothing may be under way. @throws PromiseBroken */
  async check(): Promise<void> {
    const answers = this.#asked.filter(({ status }) => status === 'GenerationCompleted').map(({ text }) => text);
    const { revision, items } = await this.#recorded(answers.length);
    const said = items.filter(({ source, role }) => source.kind === 'CHAT' && role === 'ASSISTANT');
    const prompts = items.filter(({ source, role }) => source.kind === 'CHAT' && role === 'USER');
    this.#same('texts', textOf(items, 'TEXT'), this.#inOrder().join(''));
    // An answer becomes part of the session once all of it is in its events, and before its readers are told that it is whole: a process
    // that is killed between leaves it there, and a generation that has failed.
    const left = said.length - answers.length;
    if (left < 0 || left > this.#asked.filter(isWholeButFailed).length)
      throw new PromiseBroken(
        `${this.name} (${this.id}) has ${said.length} answers, of which ${answers.length} were told`,
      );
    this.#same(
      'answers',
      said.map(({ text }) => text.trim()).filter((text) => text !== ANSWER.trim()),
      [],
    );
    this.#same('prompts', prompts.map(({ text }) => text).sort(), this.#asked.map(({ prompt }) => prompt).sort());
    this.#same('revisions', new Set(this.#revisions).size, this.#revisions.length);
    this.#same('revision', revision, this.#revisions.length + this.#asked.length + said.length);
    const { documents, turns } = await this.#caller.call<{
      documents: { edges: { node: { path: string; hash: string } }[] };
      turns: { edges: { node: { prompt: string } }[] };
    }>(DOCUMENTS, { id: this.id });
    const hashes = [...this.#documents].map(([path, text]) => ({ path, hash: sha256(text) }));
    const byPath = (one: { path: string }, other: { path: string }) => (one.path < other.path ? -1 : 1);
    this.#same('documents', documents.edges.map(({ node }) => node).sort(byPath), hashes.sort(byPath));
    for (const [path, text] of this.#documents) this.#same(`document ${path}`, textOf(items, 'FILE', path), text);
    const turned = turns.edges.map(({ node }) => node.prompt);
    this.#same(
      'turns',
      turned,
      this.#asked.slice(-100).map(({ prompt }) => prompt),
    );
    for (const asked of this.#asked.slice(this.#replayed)) await replay(this.#way, asked);
    this.#replayed = this.#asked.length;
  }

  #same(what: string, found: unknown, promised: unknown): void {
    const [is, must] = [JSON.stringify(found), JSON.stringify(promised)];
    if (is === must) return;
    throw new PromiseBroken(`${what} of ${this.name} (${this.id}) are ${difference(is, must)}`);
  }

  /** Resolves when no write is under way. */
  async settled(): Promise<void> {
    while (this.#underWay > 0) await sleep(5);
  }

  async #commit(number: number, change: Record<string, unknown>): Promise<number> {
    const input = { sessionId: this.id, idempotencyKey: `${number}`, ...change };
    this.#underWay += 1;
    const { receipt } = await this.#caller
      .call<{ receipt: { revision: number } }>(APPEND, { input })
      .finally(() => (this.#underWay -= 1));
    this.#revisions.push(receipt.revision);
    this.#newest = Math.max(this.#newest, receipt.revision);
    return receipt.revision;
  }

  #inOrder(): string[] {
    return [...this.#texts].sort((one, other) => one.revision - other.revision).map(({ text }) => text);
  }

  /** The log once so many answers are part of it. */
  async #recorded(answers: number): Promise<SessionLogRead> {
    for (const endMs = performance.now() + RECORDED_WITHIN_MS; ; await sleep(100)) {
      const log = await this.#log();
      const recorded = log.items.filter(({ role }) => role === 'ASSISTANT').length;
      if (recorded >= answers || performance.now() > endMs) return log;
    }
  }

  async #log(): Promise<SessionLogRead> {
    const items: LogItem[] = [];
    for (let after: string | null = null; ; ) {
      const page: LogPage = await this.#caller.call(LOG, { id: this.id, after });
      const { revision, fragments } = page;
      items.push(...fragments.edges.map(({ node }) => node));
      if (!fragments.pageInfo.hasNextPage) return { revision, items };
      after = fragments.pageInfo.endCursor;
    }
  }
}

function isWholeButFailed({ status, text }: AskedQuestion): boolean {
  return status === 'GenerationFailed' && text.trim() === ANSWER.trim();
}

function textOf(items: readonly LogItem[], kind: string, name?: string): string {
  return items
    .filter(({ source }) => source.kind === kind && (name === undefined || source.name === name))
    .map(({ text }) => text)
    .join('');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** From where on two texts differ. */
function difference(is: string, must: string): string {
  let at = 0;
  while (at < is.length && is[at] === must[at]) at++;
  const part = (text: string) => `…${text.slice(Math.max(0, at - 30), at + 120)}…`;
  return `${part(is)} (${is.length} characters), and must be ${part(must)} (${must.length} characters)`;
}
