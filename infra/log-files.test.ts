import {
  appendFileSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepLogsShort, lastWords, openLog } from './log-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'logs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const modeOf = (path: string) => statSync(path).mode & 0o777;

describe('a log file', () => {
  it('is for its owner only, also when it was there before for everybody', () => {
    const logs = join(folder, 'logs');
    mkdirSync(logs, { mode: 0o755 });
    writeFileSync(join(logs, 'store.log'), 'before\n', { mode: 0o644 });
    const { path, descriptor, startBytes } = openLog(logs, 'store');
    closeSync(descriptor);
    expect({ folder: modeOf(logs), file: modeOf(path), startBytes }).toEqual({
      folder: 0o700,
      file: 0o600,
      startBytes: 7,
    });
  });

  it('is cut when it is too long, with its end kept beside it, while a process goes on writing to it', async () => {
    const { path, descriptor } = openLog(folder, 'store');
    const stop = keepLogsShort(folder, ['store'], 1_000);
    try {
      for (let line = 0; line < 400; line++) writeSync(descriptor, `line ${line}\n`);
      await expect.poll(() => statSync(path).size, { timeout: 3_000 }).toBe(0);
      const old = readFileSync(`${path}.old`, 'utf8');
      expect({ bytes: old.length, end: old.endsWith('line 399\n'), mode: modeOf(`${path}.old`) }).toEqual({
        bytes: 1_000,
        end: true,
        mode: 0o600,
      });
      writeSync(descriptor, 'after the cut\n');
      expect(readFileSync(path, 'utf8')).toBe('after the cut\n');
    } finally {
      stop();
      closeSync(descriptor);
    }
  });
});

describe('the last words of a process', () => {
  const FATAL = '{"level":60,"err":{"message":"no space"},"msg":"cannot start"}';
  it.each([
    ['its fatal message', `{"level":30,"msg":"on the way"}\n${FATAL}\n{"level":30,"msg":"later"}\n`, 'no space'],
    ['all its plain lines', 'A=1: expected 2\nB=3: expected 4\n', 'A=1: expected 2; B=3: expected 4'],
    [
      'the message of an error, not its stack',
      'file:///x.ts:1\nthrow\n^\n\nError: it broke\n    at one (x.ts:1:1)\n\nNode.js v26\n',
      'Error: it broke',
    ],
    ['the last line of a log without a fatal one', '{"level":30,"msg":"ready"}\n', 'ready'],
    ['one line of a message of several', `{"level":60,"msg":"a\\nb"}\n`, 'a b'],
    ['that it said nothing', '', 'it said nothing'],
  ])('are %s', (_, text, words) => {
    const { path, descriptor } = openLog(folder, 'store');
    closeSync(descriptor);
    appendFileSync(path, text);
    expect(lastWords({ path, startBytes: 0 })).toBe(words);
  });

  it('are as long as asked for at most, and say so when there is no log to be read', () => {
    const log = openLog(folder, 'store');
    closeSync(log.descriptor);
    appendFileSync(log.path, `{"level":60,"msg":"${'x'.repeat(1_000)}"}\n`);
    expect([lastWords(log).length, lastWords(log, 200)]).toEqual([500, 'x'.repeat(200)]);
    rmSync(log.path);
    expect(lastWords(log)).toBe('its log cannot be read');
  });

  it('are none that an earlier process said', () => {
    const path = join(folder, 'store.log');
    writeFileSync(path, `${FATAL}\n`);
    const log = openLog(folder, 'store');
    closeSync(log.descriptor);
    expect(lastWords(log)).toBe('it said nothing');
  });
});
