import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { freePort } from '../../infra/ports.ts';

const ROOT = join(import.meta.dirname, '../..');
const STAGES = ['GATEWAY', 'CONTEXT', 'STORE', 'COMPRESSION', 'REASONING'];
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Ids of the processes of a group, those that ended but were not waited for included. */
function processesOf(group: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const fields = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)?.split(' ');
        return Number(fields?.[2]) === group;
      } catch {
        return false;
      }
    })
    .map(Number);
}

describe('Ctrl-C while the platform starts', () => {
  it.each([0, 400, 1_000, 1_600])(
    '%i ms after its first process ends it in good order, with nothing left behind',
    async (afterMs) => {
      const folder = mkdtempSync(join(tmpdir(), 'interrupted-'));
      folders.push(folder);
      const ports = await Promise.all(
        STAGES.map(async (stage) => [`SUPERCONTEXT_${stage}_PORT`, `${await freePort()}`]),
      );
      const launcher = spawn(process.execPath, [join(ROOT, 'infra/up.ts')], {
        cwd: ROOT,
        detached: true,
        stdio: 'ignore',
        env: {
          ...process.env,
          ...Object.fromEntries(ports),
          SUPERCONTEXT_DATA: folder,
          SUPERCONTEXT_MODEL: 'extractive',
        },
      });
      const group = launcher.pid as number;
      // The launcher makes the folder of logs before its first process.
      await expect.poll(() => existsSync(join(folder, 'logs')), { timeout: 20_000 }).toBe(true);
      await delay(afterMs);
      process.kill(-group, 'SIGINT');
      const [status, signal] = await once(launcher, 'exit');
      const left = processesOf(group);
      for (const pid of left) process.kill(pid, 'SIGKILL');
      expect({ status, signal, left }).toEqual({ status: 0, signal: null, left: [] });
    },
    30_000,
  );
});
