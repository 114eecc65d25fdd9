import { describe, expect, it } from 'vitest';
import { stageReport } from './stage-report.ts';

const MINUTE_MS = 60_000;
const SAID = { why: 'the disk is full', logPath: '/data/logs/store.log' };
const AND_MORE = ': the disk is full; starting it again; its log is /data/logs/store.log';

describe('the report of stages that die', () => {
  it('has one line a minute for a stage that dies every second, and tells how often it did', () => {
    const lines: string[] = [];
    let nowMs = 0;
    const report = stageReport(
      (line) => lines.push(line),
      () => nowMs,
    );
    for (; nowMs < 3 * MINUTE_MS; nowMs += 1_000) report({ type: 'died', stage: 'store', how: 'SIGKILL', ...SAID });
    expect(lines).toEqual([
      `store died (SIGKILL)${AND_MORE}`,
      `store died (SIGKILL, 59 times more since the last line)${AND_MORE}`,
      `store died (SIGKILL, 59 times more since the last line)${AND_MORE}`,
    ]);
  });

  it('says once that a stage is back, also when it never stays for long', () => {
    const lines: string[] = [];
    let nowMs = 0;
    const report = stageReport(
      (line) => lines.push(line),
      () => nowMs,
    );
    report({ type: 'ready', stage: 'store' });
    for (; nowMs < MINUTE_MS; nowMs += 10_000) {
      report({ type: 'died', stage: 'store', how: 'exit 70', ...SAID });
      report({ type: 'restarted', stage: 'store' });
      report({ type: 'ready', stage: 'store' });
    }
    expect(lines).toEqual([`store died (exit 70)${AND_MORE}`, 'store is back']);
  });

  it('has no last words of a stage of which there was no process', () => {
    const lines: string[] = [];
    const report = stageReport((line) => lines.push(line));
    report({ type: 'died', stage: 'store', how: 'spawn ENOMEM', why: null, logPath: '/l' });
    expect(lines).toEqual(['store died (spawn ENOMEM); starting it again; its log is /l']);
  });

  it('speaks of each stage by itself', () => {
    const lines: string[] = [];
    const report = stageReport(
      (line) => lines.push(line),
      () => 0,
    );
    report({ type: 'died', stage: 'store', how: 'exit 1', ...SAID });
    report({ type: 'died', stage: 'gateway', how: 'exit 1', ...SAID });
    report({ type: 'ready', stage: 'gateway' });
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['store', 'gateway', 'gateway']);
  });
});
