import { styleText } from 'node:util';
import type { Lines, Output } from './output.ts';

function linesTo(stream: NodeJS.WriteStream): Lines {
  return {
    line: (text = '') => void stream.write(`${text}\n`),
    paint: (style, text) => styleText(style, text, { stream }),
  };
}

const report = linesTo(process.stderr);

/** The result to the standard output, all else to the standard error. */
export const standardOutput: Output = {
  ...linesTo(process.stdout),
  write: (text) => void process.stdout.write(text),
  report,
  note: (text) => report.line(report.paint('dim', text)),
};
