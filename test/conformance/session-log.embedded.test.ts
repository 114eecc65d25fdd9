import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openSessionLog } from '../../subgraphs/context/log/embedded.ts';
import type { SessionLog } from '../../subgraphs/context/log/session-log.ts';
import { sessionLogTests } from './session-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'session-log-'));
let files = 0;

afterAll(() => rmSync(folder, { recursive: true }));

const newPath = () => join(folder, `${files++}.sqlite`);
const paths = new WeakMap<SessionLog, string>();

function open(path: string): SessionLog {
  const log = openSessionLog(path);
  paths.set(log, path);
  return log;
}

describe('the embedded session log', () => {
  sessionLogTests(
    async () => open(newPath()),
    async (log) => {
      await log.close();
      return open(paths.get(log) as string);
    },
  );

  it('belongs to one owner at a time', async () => {
    const path = newPath();
    const log = open(path);
    await log.open({ id: 'ses_1', title: null, key: null, nowMs: 1 });
    expect(() => open(path)).toThrow(expect.objectContaining({ code: 'STORAGE_UNAVAILABLE' }));
    await log.close();
  });

  it('takes what was written into its file once it is left alone', async () => {
    const path = newPath();
    const log = open(path);
    const before = statSync(path).size;
    await log.open({ id: 'ses_1', title: 'x'.repeat(100_000), key: null, nowMs: 1 });
    await expect.poll(() => statSync(path).size, { timeout: 5_000 }).toBeGreaterThan(before + 100_000);
    await log.close();
  });

  it('says that a file is no log', async () => {
    const path = newPath();
    copyFileSync(join(import.meta.dirname, 'session-log.ts'), path);
    expect(() => open(path)).toThrow(expect.objectContaining({ code: 'STORAGE_CORRUPT' }));
  });
});
