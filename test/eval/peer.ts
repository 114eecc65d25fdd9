import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { BadInput } from './json-lines.ts';

const FOLDER = join(import.meta.dirname, 'peers');
const BENCH_PACKAGES = join(import.meta.dirname, '../bench/package.json');

/** Places of the texts that a question finds, the best first; what it does not find is not among them. */
export type Ranking = (question: string) => readonly number[] | Promise<readonly number[]>;

/** What a file in `peers` exports: makes an index of texts, and answers from it. */
export type Rank = (texts: readonly string[]) => Ranking | Promise<Ranking>;

export interface Peer {
  readonly name: string;
  readonly rank: Rank;
}

/** The peers there are: the files of `peers`, each with a function `rank`. */
export function peerNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();
}

/** @throws BadInput for a peer that there is not, or whose library is not installed */
export async function loadPeers(names: readonly string[]): Promise<Peer[]> {
  const known = peerNames();
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new BadInput(`no such peer: ${unknown.join(', ')}; there are ${known.join(', ')}`);
  return Promise.all(
    names.map(async (name) => {
      const { rank } = (await import(join(FOLDER, `${name}.ts`))) as { readonly rank: Rank };
      return { name, rank };
    }),
  );
}

/** Whether a package that only measuring needs is installed. */
export function isInstalled(packageName: string): boolean {
  return existsSync(join(import.meta.dirname, '../bench/node_modules', packageName, 'package.json'));
}

/**
 * A package that only measuring needs, from where those are installed.
 *
 * @throws BadInput when it is not installed
 */
export function benchPackage(packageName: string): unknown {
  if (!isInstalled(packageName))
    throw new BadInput(`${packageName} is not installed: npm run eval does it, or leave this peer out with --peers`);
  return createRequire(BENCH_PACKAGES)(packageName);
}
