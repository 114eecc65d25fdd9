import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** A program that hangs is to say so before its test is over. */
const LONGEST_MS = 50_000;
/** On a machine whose cache has nothing of it. */
export const LONGEST_INSTALL_MS = 150_000;

/** Runs a command to its end; what it said, and whether it ended well. Never rejects. */
export async function run(
  command: string,
  args: readonly string[],
  { cwd, timeoutMs = LONGEST_MS }: { readonly cwd?: string; readonly timeoutMs?: number } = {},
): Promise<{ readonly isDone: boolean; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(command, args, { cwd, timeout: timeoutMs, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) =>
    child.once('close', resolve).once('error', () => resolve(null)),
  );
  const [status, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { isDone: status === 0, stdout, stderr };
}

/** Runs a client's program, which prints what it found out as one JSON value. @throws what it said when it did not end well */
export async function factsOf<Facts>(command: string, args: readonly string[]): Promise<Facts> {
  const { isDone, stdout, stderr } = await run(command, args);
  if (!isDone || stderr !== '') throw new Error(`${command} ${args.join(' ')}\n${stderr}\n${stdout}`);
  return JSON.parse(stdout) as Facts;
}
