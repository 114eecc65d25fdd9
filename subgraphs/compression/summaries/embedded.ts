import type { StageVersion } from '@supercontext/contract';
import { InTurn } from '@supercontext/runtime/process/in-slices.ts';
import { Derived, type OnDamaged } from '@supercontext/runtime/sqlite/derived.ts';
import type { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import { ErasedSessions } from '../erased-sessions.ts';
import type { TreeNode } from '../tree/plan-parents.ts';
import { MIGRATIONS } from './schema.ts';
import { SummaryRows } from './summary-rows.ts';
import type { MadeSummary, StoredSummary, SummaryStore, TreeState } from './summary-store.ts';

/**
 * Opens the summaries of one SQLite file, owned by this process alone: a second one is refused with STORAGE_UNAVAILABLE.
 * A damaged file is put aside and begun anew, now or when the damage shows; `onDamaged` is told.
 */
export function openSummaryStore(options: { readonly path: string; readonly onDamaged: OnDamaged }): SummaryStore {
  const file = { ...options, meaning: 'the summaries', migrations: MIGRATIONS };
  return new EmbeddedSummaryStore(new Derived(file, (database) => new SummaryRows(database)));
}

/** Each is decompressed and checked: this many take a millisecond or two. */
const IDS_A_SLICE = 32;

class EmbeddedSummaryStore implements SummaryStore {
  readonly #file: Derived<SummaryRows>;
  readonly #inTurn = new InTurn();
  readonly #erased = new ErasedSessions();

  constructor(file: Derived<SummaryRows>) {
    this.#file = file;
  }

  async put(nodes: readonly MadeSummary[]): Promise<void> {
    if (nodes.length === 0) return;
    this.#file.add((rows) => {
      for (const node of nodes) rows.put(node);
    });
  }

  // Reads are in a transaction, too: what they find damaged they drop.
  async read(ids: readonly string[]): Promise<readonly (StoredSummary | null)[]> {
    const reads: Promise<(StoredSummary | null)[]>[] = [];
    for (let at = 0; at < ids.length; at += IDS_A_SLICE) {
      const some = ids.slice(at, at + IDS_A_SLICE);
      reads.push(this.#inTurn.run(() => this.#file.transaction((rows) => some.map((id) => rows.read(id)))));
    }
    return (await Promise.all(reads)).flat();
  }

  async missing(ids: readonly string[]): Promise<readonly string[]> {
    return this.#file.run((rows) => ids.filter((id) => !rows.has(id)));
  }

  async frontier(sessionId: string): Promise<readonly TreeNode[]> {
    return this.#inTurn.run(() => this.#file.transaction((rows) => rows.frontier(sessionId)));
  }

  async state(sessionId: string, method: StageVersion): Promise<TreeState> {
    return this.#file.transaction((rows) => rows.state(sessionId, method));
  }

  async withdrawn(sessionId: string): Promise<Withdrawn> {
    return this.#file.run((rows) => rows.withdrawn(sessionId));
  }

  async withdraw(sessionId: string, withdrawn: Withdrawn): Promise<void> {
    if ((await this.withdrawn(sessionId)).digest === withdrawn.digest) return;
    this.#file.transaction((rows) => rows.withdraw(sessionId, withdrawn));
  }

  async forget(sessionId: string): Promise<void> {
    this.#file.transaction((rows) => rows.forget(sessionId));
  }

  async erase(sessionId: string): Promise<number> {
    this.#erased.add(sessionId);
    return this.#file.erase((rows) => rows.forget(sessionId), 0);
  }

  async wasErased(sessionId: string): Promise<boolean> {
    return this.#erased.has(sessionId);
  }

  backupTo(path: string): Promise<void> {
    return this.#file.backupTo(path);
  }

  async close(): Promise<void> {
    this.#file.close();
  }
}
