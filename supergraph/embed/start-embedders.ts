import type { Embedder } from './embedder.ts';
import { type EmbedderOptions, startEmbedder } from './start-embedder.ts';

/**
 * Starts embedders of one kind, as one: each call goes to the one with the fewest under way, so calls are answered in any order. Those
 * beyond the first are started by the first call that would have to wait.
 * @param most At least 1
 */
export function startEmbedders(options: EmbedderOptions, most: number): Embedder {
  return new Embedders(() => startEmbedder(options), most);
}

interface Member {
  readonly embedder: Embedder;
  underway: number;
}

class Embedders implements Embedder {
  readonly name: string;
  readonly dimensions: number;
  readonly #open: () => Embedder;
  readonly #most: number;
  readonly #members: Member[];
  #isClosed = false;

  constructor(open: () => Embedder, most: number) {
    const first = open();
    this.name = first.name;
    this.dimensions = first.dimensions;
    this.#open = open;
    this.#most = most;
    this.#members = [{ embedder: first, underway: 0 }];
  }

  get usedMs(): number {
    return this.#members.reduce((sum, { embedder }) => sum + embedder.usedMs, 0);
  }

  async embed(texts: readonly string[]): Promise<readonly Float32Array[]> {
    const member = this.#freest();
    member.underway++;
    try {
      return await member.embedder.embed(texts);
    } finally {
      member.underway--;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#members.map(({ embedder }) => embedder.close()));
  }

  #freest(): Member {
    const freest = this.#members.reduce((one, other) => (other.underway < one.underway ? other : one));
    if (freest.underway === 0 || this.#members.length === this.#most || this.#isClosed) return freest;
    const another = { embedder: this.#open(), underway: 0 };
    this.#members.push(another);
    return another;
  }
}
