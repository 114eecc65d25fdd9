import { once } from 'node:events';
import type { StageName } from '@supercontext/runtime/common-settings.ts';
import { OPERATE } from '@supercontext/runtime/process/run-main.ts';
import { BackupFault } from './backup/manifest.ts';
import { spawnStage } from './spawn-stage.ts';

/**
 * Has a process of a stage do one thing in place of serving, and says what it answered. It ends with this process.
 * @param more settings beside those of this process
 * @throws BackupFault with what it said instead
 */
export async function operateStage<Answer>(
  stage: StageName,
  name: string,
  request: object,
  more: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  // No request comes from another stage.
  const environment = { ...process.env, ...more, SUPERCONTEXT_SIGNING_KEY: 'x'.repeat(32) };
  const child = spawnStage(stage, { environment, words: [OPERATE, name], stdio: ['pipe', 'pipe', 'pipe'] });
  let [answer, said] = ['', ''];
  child.stdout?.on('data', (chunk) => (answer += chunk));
  child.stderr?.on('data', (chunk) => (said += chunk));
  // Its input stays open: when it ends, the process does.
  child.stdin?.on('error', () => {});
  child.stdin?.write(`${JSON.stringify(request)}\n`);
  const [status] = (await once(child, 'close')) as [number | null];
  if (status === 0) return JSON.parse(answer) as Answer;
  const lines = said.split('\n').filter((line) => line !== '');
  throw new BackupFault(lines.length > 0 ? lines : [`the ${stage} stage ended while it was to ${name}`]);
}
