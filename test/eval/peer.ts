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

interface PeerFile {
  readonly rank: Rank;
  /** Why it cannot be asked on this machine; null when it can. */
  readonly missing?: () => string | null;
}

/** The peers there are: the files of `peers`, each with a function `rank`. */
export function peerNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();
}

/**
 * The peers of these names; null for all that can be asked here, of which `say` hears which cannot.
 *
 * @throws BadInput for one that there is not, or that cannot be asked here
 */
export async function loadPeers(names: readonly string[] | null, say: (line: string) => void): Promise<Peer[]> {
  const known = peerNames();
  const unknown = (names ?? []).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new BadInput(`no such peer: ${unknown.join(', ')}; there are ${known.join(', ')}`);
  const peers: Peer[] = [];
  for (const name of names ?? known) {
    const { rank, missing } = (await import(join(FOLDER, `${name}.ts`))) as PeerFile;
    const why = missing?.() ?? null;
    if (why === null) peers.push({ name, rank });
    else if (names === null) say(`without ${name}: ${why}`);
    else throw new BadInput(`${name}: ${why}`);
  }
  return peers;
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
