// `npm test`: all tests, then the one plain line that a machine can read.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numFailedTestSuites: number;
  readonly success: boolean;
}

const folder = mkdtempSync(join(tmpdir(), 'supercontext-tests-'));
const reportFile = join(folder, 'report.json');
const { status } = spawnSync(
  join(ROOT, 'node_modules/.bin/vitest'),
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`, ...process.argv.slice(2)],
  { cwd: ROOT, stdio: 'inherit' },
);
let report: Report | null = null;
try {
  report = JSON.parse(readFileSync(reportFile, 'utf8')) as Report;
} catch {
  console.error('the test runner left no report');
}
rmSync(folder, { recursive: true, force: true });
if (report === null) process.exit(1);
// A suite that could not even be loaded has no failed test of its own; it must not look like success.
const failed = Math.max(report.numFailedTests, report.success && status === 0 ? 0 : 1);
const skipped = report.numPendingTests > 0 ? `, ${report.numPendingTests} skipped` : '';
console.log(`${report.numPassedTests} passed, ${failed} failed${skipped}`);
process.exit(failed === 0 ? 0 : 1);
