// `npm test`: all tests (or those whose path has one of the arguments in it), then the one plain line a machine can read.
import { join } from 'node:path';
import { startVitest } from 'vitest/node';

/** The runner's own helper process ends a moment after it was told to; whoever leaves first leaves a zombie behind. */
const LAST_CHILD_MS = 500;

process.chdir(join(import.meta.dirname, '..'));
const vitest = await startVitest('test', process.argv.slice(2), { watch: false });
const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
let broken = vitest.state.getUnhandledErrors().length;
for (const module of vitest.state.getTestModules()) {
  for (const test of module.children.allTests()) {
    counts[test.result().state] += 1;
    if (test.diagnostic()?.flaky) console.log(`ran out of time, passed when tried again: ${test.fullName}`);
  }
  // A file that could not even be loaded has no failed test of its own; it must not look like success.
  if (!module.ok()) broken += 1;
}
await vitest.close();
await new Promise((resolve) => setTimeout(resolve, LAST_CHILD_MS));
const failed = Math.max(counts.failed, Math.min(1, broken));
console.log(`${counts.passed} passed, ${failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`);
process.exit(failed === 0 && counts.passed > 0 ? 0 : 1);
