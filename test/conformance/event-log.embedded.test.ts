import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedEventLog } from '@supercontext/reasoning/events/embedded.ts';
import { afterAll, expect, it } from 'vitest';
import { eventLogConformance, type OpenedEventLog } from './event-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'event-log-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const newPath = () => join(folder, `${++files}.sqlite`);

function open(path: string): OpenedEventLog {
  const log = new EmbeddedEventLog(path);
  return {
    log,
    async crash() {
      // What is in the files at this moment is all that a killed process leaves behind.
      const left = newPath();
      for (const suffix of ['', '-wal']) if (existsSync(path + suffix)) copyFileSync(path + suffix, left + suffix);
      return open(left);
    },
    close: () => log.close(),
  };
}

eventLogConformance('embedded', async () => open(newPath()));

it('refuses a file that another process holds, and one that is no database', async () => {
  const path = newPath();
  const log = new EmbeddedEventLog(path);
  expect(() => new EmbeddedEventLog(path)).toThrow(expect.objectContaining({ code: 'STORAGE_UNAVAILABLE' }));
  await log.close();
  expect(() => new EmbeddedEventLog(folder)).toThrow(expect.objectContaining({ code: 'STORAGE_UNAVAILABLE' }));
}, 10_000);
