// For the tests of vectors: a PostgreSQL with pgvector, out of a Python wheel; only unpacked, nothing of the package is run.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { guardedRun } from './guarded-run.mjs';

const WHEEL = {
  requirement: 'pgserver==0.1.4',
  platform: 'manylinux_2_17_x86_64',
  sha256: 'd595789b47624a3d963aa9aa6359da9be31beb7e61f1a45541953242068b8813',
};

/** Where it is, or will be, unpacked: outside the repository, shared by all checkouts of one user. */
export const POSTGRES_FOLDER = join(
  process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
  'supercontext',
  `postgres-${WHEEL.sha256.slice(0, 16)}`,
);

/** Fetches and unpacks it once; null, or why it cannot be had. */
export async function fetchPostgres() {
  if (existsSync(POSTGRES_FOLDER)) return null;
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'there is none for this machine';
  const parent = join(POSTGRES_FOLDER, '..');
  mkdirSync(parent, { recursive: true });
  const scratch = mkdtempSync(join(parent, '.fetching-'));
  try {
    const options = ['--no-deps', '--only-binary=:all:', '--python-version=3.11', `--platform=${WHEEL.platform}`];
    const download = ['-m', 'pip', 'download', ...options, '--disable-pip-version-check', '--quiet'];
    const fetched = await guardedRun('python3', [...download, '--dest', scratch, WHEEL.requirement], {});
    const name = readdirSync(scratch).find((file) => file.endsWith('.whl'));
    if (name === undefined) return fetched.output.trim().split('\n').at(-1) || 'pip downloaded no wheel';
    const sha256 = createHash('sha256')
      .update(readFileSync(join(scratch, name)))
      .digest('hex');
    if (sha256 !== WHEEL.sha256) return `${name} has sha256 ${sha256}`;
    const unpacked = join(scratch, 'unpacked');
    const { status, output } = await guardedRun('python3', ['-m', 'zipfile', '-e', join(scratch, name), unpacked], {});
    if (status !== 0) return output.trim().split('\n').at(-1);
    // A zip opened by Python forgets who may execute what.
    await guardedRun('chmod', ['-R', 'a+rX', unpacked], {});
    await guardedRun('chmod', ['-R', 'a+x', join(unpacked, 'pgserver', 'pginstall', 'bin')], {});
    renameSync(unpacked, POSTGRES_FOLDER);
    return null;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
