import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SupergraphManager } from '@apollo/gateway';

/** What becomes of a change of the supergraph file. */
export interface SupergraphListener {
  updated(): void;
  /** The new file was refused; the old supergraph keeps serving. */
  refused(error: unknown): void;
}

/** Editors and composers write in bursts; one reading after the burst is enough. */
const SETTLE_MS = 50;

/**
 * Gives the gateway its supergraph from a file and swaps it when the file changes. A broken file is refused and the old
 * supergraph keeps serving; the next good one is taken. The first reading must be good, or the gateway does not start.
 */
export class SupergraphFile implements SupergraphManager {
  readonly #path: string;
  readonly #listener: SupergraphListener;
  #current = '';
  #update: (supergraphSdl: string) => void = () => undefined;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(path: string, listener: SupergraphListener) {
    this.#path = path;
    this.#listener = listener;
  }

  async initialize({
    update,
  }: Parameters<SupergraphManager['initialize']>[0]): ReturnType<SupergraphManager['initialize']> {
    this.#update = update;
    this.#current = await readFile(this.#path, 'utf8');
    // The folder is watched, not the file: a file that is replaced by a rename would take its watcher with it.
    this.#watcher = watch(dirname(this.#path), () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#reload(), SETTLE_MS);
    });
    return { supergraphSdl: this.#current, cleanup: async () => this.#stop() };
  }

  async #reload(): Promise<void> {
    try {
      const text = await readFile(this.#path, 'utf8');
      if (text === this.#current) return;
      this.#current = text;
      this.#update(text);
      this.#listener.updated();
    } catch (error) {
      this.#listener.refused(error);
    }
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#watcher?.close();
  }
}
