// For the tests of tokenizers: llama.cpp's own suite of vocabularies, texts and expected ids, out of a Python package's sources; only
// unpacked, nothing of it is run or compiled.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { guardedRun } from './guarded-run.mjs';

const PACKAGE = 'llama-cpp-python';
const VERSION = '0.3.36';
const VOCABULARIES = ['llama-bpe', 'llama-spm', 'qwen2', 'gpt-2'];

/** Where it is, or will be: outside the repository, shared by all checkouts of one user. */
export const SUITE_FOLDER = join(
  process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
  'supercontext',
  `tokenizer-suite-${VERSION}`,
);

/** Fetches it once, 77 MB of which 16 are kept; null, or why it cannot be had. */
export async function fetchTokenizerSuite() {
  if (existsSync(SUITE_FOLDER)) return null;
  const parent = join(SUITE_FOLDER, '..');
  mkdirSync(parent, { recursive: true });
  const scratch = mkdtempSync(join(parent, '.fetching-'));
  try {
    const options = ['--no-deps', '--no-binary', PACKAGE, '--disable-pip-version-check', '--quiet', '--dest', scratch];
    const fetched = await guardedRun('python3', ['-m', 'pip', 'download', ...options, `${PACKAGE}==${VERSION}`], {});
    const archive = readdirSync(scratch).find((name) => name.endsWith('.tar.gz'));
    if (archive === undefined) return fetched.output.trim().split('\n').at(-1) || 'pip downloaded no sources';
    const folder = `${archive.slice(0, -'.tar.gz'.length)}/vendor/llama.cpp/models`;
    const wanted = VOCABULARIES.flatMap((name) => ['', '.inp', '.out'].map((end) => `ggml-vocab-${name}.gguf${end}`));
    const members = wanted.map((name) => `${folder}/${name}`);
    const { status, output } = await guardedRun('tar', ['-xzf', join(scratch, archive), '-C', scratch, ...members], {});
    if (status !== 0) return output.trim().split('\n').at(-1) || `tar ended with ${status}`;
    renameSync(join(scratch, folder), SUITE_FOLDER);
    return null;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
