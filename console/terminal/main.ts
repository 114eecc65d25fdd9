import { runSupercontext } from './commands.ts';
import { describeError } from './describe-error.ts';
import type { Output } from './output.ts';
import { standardOutput } from './standard-output.ts';
import { UsageFault } from './usage-fault.ts';

const FAILED_STATUS = 1;
/** As shells have it. */
const MISUSED_STATUS = 2;
const INTERRUPTED_STATUS = 130;
const UNREAD_STATUS = 141;

const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort());

/** Whoever read the result has gone away, as `head` does: what is under way ends, and nobody is told. */
let isUnread = false;
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', () => {
    isUnread = true;
    interruption.abort();
  });
}

const output: Output = {
  ...standardOutput,
  note: (text) => {
    if (!isUnread) standardOutput.note(text);
  },
};

try {
  process.exitCode = await runSupercontext(process.argv.slice(2), output, interruption.signal);
} catch (error) {
  if (isUnread) process.exit(UNREAD_STATUS);
  if (interruption.signal.aborted) process.exit(INTERRUPTED_STATUS);
  console.error(`${standardOutput.report.paint('red', 'supercontext:')} ${describeError(error)}`);
  process.exit(isMisuse(error) ? MISUSED_STATUS : FAILED_STATUS);
}

function isMisuse(error: unknown): boolean {
  // citty does not export its own.
  return error instanceof UsageFault || (error instanceof Error && error.name === 'CLIError');
}
