import { spawn } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

export interface Said {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Runs a command of the operator, `infra/SCRIPT.ts`, to its end. */
export async function operatorCommand(
  environment: Readonly<Record<string, string>>,
  script: string,
  ...words: readonly string[]
): Promise<Said> {
  const child = spawn(process.execPath, [join(ROOT, 'infra', `${script}.ts`), ...words], {
    env: { ...process.env, ...environment },
  });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (errors += chunk));
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, output, errors };
}
