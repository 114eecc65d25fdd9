import { createHash, type Hash } from 'node:crypto';
import { ContractError } from '@supercontext/contract';

/** Behind the last item: SHA-256 over all of them, in hex. */
export interface Seal {
  readonly sha256: string;
}

/** Some of the content that goes from one store to another; the last page of it ends with the seal. */
export type SealedPage<Item extends object> = readonly (Item | Seal)[];

/** What makes the seal of items, by the order and the names of their fields. */
export class ItemDigest {
  readonly #hash: Hash = createHash('sha256');

  /** @param item of plain values, bytes, and objects of such */
  add(item: object): void {
    this.#hash.update('{');
    for (const [name, value] of Object.entries(item)) {
      this.#hash.update(`${JSON.stringify(name)}:`);
      if (value instanceof Uint8Array) {
        this.#hash.update(`<${value.length}>`);
        this.#hash.update(value);
      } else if (typeof value === 'object' && value !== null) this.add(value as object);
      else this.#hash.update(JSON.stringify(value ?? null));
      this.#hash.update(',');
    }
    this.#hash.update('}');
  }

  /** To be asked once. */
  get sha256(): string {
    return this.#hash.digest('hex');
  }
}

/** The pages with a seal behind them. */
export async function* seal<Item extends object>(
  pages: AsyncIterable<readonly Item[]>,
): AsyncGenerator<SealedPage<Item>, void> {
  const digest = new ItemDigest();
  for await (const page of pages) {
    for (const item of page) digest.add(item);
    yield page;
  }
  yield [{ sha256: digest.sha256 }];
}

/**
 * The pages without their seal, which is compared with what came; returns it. What was taken from them is of no worth before.
 * @param of What is moved, for a person
 * @throws ContractError STORAGE_CORRUPT when they were cut or changed on their way
 */
export async function* unseal<Item extends object>(
  pages: AsyncIterable<SealedPage<Item>>,
  of: string,
): AsyncGenerator<readonly Item[], string> {
  const digest = new ItemDigest();
  let told: string | null = null;
  for await (const page of pages) {
    const items: Item[] = [];
    for (const item of page) {
      if (told !== null) throw changed(of);
      if ('sha256' in item) {
        told = item.sha256;
        continue;
      }
      digest.add(item);
      items.push(item);
    }
    if (items.length > 0) yield items;
  }
  const { sha256 } = digest;
  if (told !== sha256) throw changed(of);
  return sha256;
}

/** Goes through all pages: their seal. @throws ContractError STORAGE_CORRUPT as `unseal` */
export async function sealOf<Item extends object>(pages: AsyncIterable<SealedPage<Item>>, of: string): Promise<string> {
  const items = unseal(pages, of);
  for (;;) {
    const { done, value } = await items.next();
    if (done) return value;
  }
}

function changed(of: string): ContractError {
  return new ContractError('STORAGE_CORRUPT', `${of}: what came is not what was sent`);
}
