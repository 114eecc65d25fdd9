import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { freePorts } from '../../infra/ports.ts';
import { type StageProcess, startStageProcess } from './stage-process.ts';

/** Nobody listens there. */
const NOBODY = 'http://127.0.0.1:9/graphql';

export interface Listing {
  readonly texts: readonly (string | null)[];
  readonly behind: { readonly from: number; readonly through: number } | null;
  readonly codes: readonly string[];
}

export interface Shown {
  readonly segments: readonly { readonly text: string }[];
  readonly degraded: readonly { readonly stage: string; readonly code: string; readonly message: string }[];
}

/** The real context stage and the real store in processes of their own, each with a folder that a test may exchange. */
export class LogAndStore {
  readonly folder = mkdtempSync(join(tmpdir(), 'log-and-store-'));
  readonly logFolder = join(this.folder, 'context');
  readonly storeFolder = join(this.folder, 'store');
  #port = 0;
  #keys = 0;
  #context: StageProcess | null = null;
  #store: StageProcess | null = null;

  async startStore(): Promise<void> {
    this.#port ||= (await freePorts()).store;
    this.#store = await startStageProcess('store', this.folder, { SUPERCONTEXT_STORE_PORT: `${this.#port}` });
  }

  async startContext(): Promise<void> {
    this.#port ||= (await freePorts()).store;
    this.#context = await startStageProcess('context', this.folder, {
      SUPERCONTEXT_STORE_URL: `http://127.0.0.1:${this.#port}/graphql`,
      SUPERCONTEXT_COMPRESSION_URL: NOBODY,
    });
  }

  async stopStore(): Promise<void> {
    await this.#store?.stop();
    this.#store = null;
  }

  async stopContext(): Promise<void> {
    await this.#context?.stop();
    this.#context = null;
  }

  async remove(): Promise<void> {
    await this.stopContext();
    await this.stopStore();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async open(): Promise<string> {
    const { openSession } = await this.#ask<{ openSession: { session: { id: string } } }>(
      'mutation { openSession(input: {}) { session { id } } }',
    );
    return openSession.session.id;
  }

  /** Appends one fragment; throws unless it is acknowledged. */
  async append(sessionId: string, text: string): Promise<void> {
    const { appendContext } = await this.#ask<{ appendContext: { receipt: object | null } }>(
      'mutation ($input: AppendContextInput!) { appendContext(input: $input) { receipt { revision } } }',
      { input: { sessionId, idempotencyKey: `key ${this.#keys++}`, items: [{ text: { text } }] } },
    );
    if (appendContext.receipt === null) throw new Error('refused');
  }

  /** What the graph lists of a session: the store's fields, given what it requires of the context stage. */
  async list(sessionId: string): Promise<Listing> {
    const { session } = await this.#ask<{ session: object | null }>(
      'query ($id: ID!) { session(id: $id) { id logLength logDigest withdrawnDigest } }',
      { id: sessionId },
    );
    if (session === null) throw new Error('no such session');
    const read = async <Data>(fields: string) => {
      const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Session { ${fields} } } }`;
      return this.#askStore<{ _entities: readonly [Data] }>(query, { of: [{ __typename: 'Session', ...session }] });
    };
    const { data } = await read<{ storage: { behind: Listing['behind'] } }>('storage { behind { from through } }');
    const page = await read<{ fragments: { edges: { node: { text: string } | null }[] } | null }>(
      'fragments(first: 512) { edges { node { text } } }',
    );
    return {
      texts: page.data?._entities[0]?.fragments?.edges.map(({ node }) => node?.text ?? null) ?? [],
      behind: data?._entities[0].storage.behind ?? null,
      codes: page.codes,
    };
  }

  async show(sessionId: string, query: string): Promise<Shown> {
    const { session } = await this.#ask<{ session: { workingSet: Shown } }>(
      `query ($id: ID!, $query: String!) { session(id: $id) {
        workingSet(query: $query, budgetTokens: 8000) { segments { text } degraded { stage code message } } } }`,
      { id: sessionId, query },
    );
    const { segments, degraded } = session.workingSet;
    return { segments, degraded: degraded.filter(({ stage }) => stage === 'store') };
  }

  /** Waits until exactly these are listed, and a working set shows them and has to do without nothing of the store. */
  async settled(sessionId: string, texts: readonly string[], query: string): Promise<void> {
    await vi.waitFor(
      async () => {
        const { texts: listed, behind, codes } = await this.list(sessionId);
        const { segments, degraded } = await this.show(sessionId, query);
        const state = { listed, behind, codes, degraded, shown: segments.map(({ text }) => text).sort() };
        const wanted = { listed: texts, behind: null, codes: [], degraded: [], shown: [...texts].sort() };
        if (JSON.stringify(state) !== JSON.stringify(wanted)) throw new Error(`not settled: ${JSON.stringify(state)}`);
      },
      { timeout: 15_000, interval: 50 },
    );
  }

  #ask<Data>(query: string, variables: Record<string, unknown> = {}): Promise<Data> {
    if (this.#context === null) throw new Error('the context stage does not run');
    return this.#context.client.call<Data, Record<string, unknown>>(query, variables);
  }

  async #askStore<Data>(
    query: string,
    variables: Record<string, unknown>,
  ): Promise<{ readonly data: Data | null; readonly codes: readonly string[] }> {
    if (this.#store === null) throw new Error('the store does not run');
    const { data, errors = [] } = await this.#store.askRaw<Data>(query, variables);
    return { data: data ?? null, codes: errors.map(({ extensions }) => extensions.code) };
  }
}
