import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { askHub } from '@supercontext/embed/weights/hub-metadata.ts';
import type { ModelManifest, PinnedManifest } from './manifest.ts';
import { pinned } from './manifest.ts';

/** What the hub said of a model's file when it was asked first; from then on it must be that file. */
interface Pin {
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly repository: string;
  readonly path: string;
  readonly commit: string;
}

/** The manifest with what was pinned on this machine; as it is where nothing was, or its source is another one now. */
export function withPin(manifest: ModelManifest, cacheDirectory: string): ModelManifest {
  if (manifest.sha256 !== null) return manifest;
  const pin = readPin(pinPath(cacheDirectory, manifest));
  const isOfSource = manifest.sources.some(
    (source) => source.kind === 'hugging-face' && source.repository === pin?.repository && source.path === pin.path,
  );
  return pin === null || !isOfSource ? manifest : pinTo(manifest, pin);
}

/**
 * The manifest with size and hash of its file: its own, those that were pinned, or those the hub says now, which are pinned by this.
 * Throws `SourceUnavailable` when the hub does not say them.
 */
export async function pinManifest(
  manifest: ModelManifest,
  { cacheDirectory, hubUrl }: { readonly cacheDirectory: string; readonly hubUrl: string },
): Promise<PinnedManifest> {
  const known = withPin(manifest, cacheDirectory);
  if (known.sha256 !== null) return pinned(known);
  const source = manifest.sources.find(({ kind }) => kind === 'hugging-face');
  if (source?.kind !== 'hugging-face') return pinned(manifest);
  const { sizeBytes, sha256, commit } = await askHub(source, hubUrl);
  const pin: Pin = { sizeBytes, sha256, repository: source.repository, path: source.path, commit };
  const path = pinPath(cacheDirectory, manifest);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.${process.pid}`, JSON.stringify(pin), { flush: true });
  renameSync(`${path}.${process.pid}`, path);
  return pinned(pinTo(manifest, pin));
}

function pinTo(manifest: ModelManifest, { sizeBytes, sha256, repository, commit }: Pin): ModelManifest {
  const sources = manifest.sources.map((source) =>
    source.kind === 'hugging-face' && source.repository === repository ? { ...source, revision: commit } : source,
  );
  return { ...manifest, sizeBytes, sha256, sources };
}

function pinPath(cacheDirectory: string, { id }: ModelManifest): string {
  return join(cacheDirectory, 'pins', `${id.replaceAll(/[^\w.-]/g, '_')}.json`);
}

function readPin(path: string): Pin | null {
  try {
    const {
      sizeBytes,
      sha256,
      repository,
      path: file,
      commit,
    } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Pin>;
    const isWhole =
      Number.isSafeInteger(sizeBytes) && /^[0-9a-f]{64}$/.test(`${sha256}`) && /^[0-9a-f]{40}$/.test(`${commit}`);
    return isWhole && typeof repository === 'string' && typeof file === 'string'
      ? { sizeBytes: Number(sizeBytes), sha256: `${sha256}`, repository, path: file, commit: `${commit}` }
      : null;
  } catch {
    return null;
  }
}
