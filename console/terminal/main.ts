#!/usr/bin/env node
import { styleText } from 'node:util';
import { runSupercontext } from './commands.ts';
import { describeError } from './describe-error.ts';
import type { Output } from './output.ts';

const INTERRUPTED_STATUS = 130;

const output: Output = {
  write: (text) => void process.stdout.write(text),
  line: (text = '') => console.log(text),
  note: (text) => console.error(styleText('dim', text, { stream: process.stderr })),
  paint: (style, text) => styleText(style, text, { stream: process.stdout }),
};

const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort());

try {
  await runSupercontext(process.argv.slice(2), output, interruption.signal);
} catch (error) {
  if (interruption.signal.aborted) process.exit(INTERRUPTED_STATUS);
  console.error(`${styleText('red', 'supercontext:', { stream: process.stderr })} ${describeError(error)}`);
  process.exit(1);
}
