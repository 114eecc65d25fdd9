import type { AnswerReportFragment, SeenAnswer } from '@supercontext/client';
import { tokensPerSecond } from '@supercontext/client';
import { formatBytes, formatCount, formatSeconds } from './format-quantity.ts';
import type { Lines } from './output.ts';
import { excerpt, plainText } from './plain-text.ts';
import { showHops } from './show-hops.ts';

const EXCERPT_CHARACTERS = 90;

const CERTAINTY = {
  STATED: 'stated in your documents',
  UNSURE: 'unsure: the closest passages, which may not answer it',
  NOT_SAID: 'no answer was found; what is quoted is only nearest to it',
} as const;

/** What was measured on this side of the wire. */
export interface SeenHere {
  readonly bytesUp: number;
  readonly traceId?: string;
}

/** Prints what an answer rests on and what it cost. */
export function showReport(answer: SeenAnswer, { bytesUp, traceId }: SeenHere, output: Lines): void {
  const { report } = answer;
  if (report === null) return;
  const row = (label: string, text: string) => output.line(`  ${output.paint('dim', label.padEnd(13))}${text}`);
  output.line();
  for (const { number, named, quotes, text, segment, fragment, summary } of report.citations) {
    const from =
      (fragment?.source.name && plainText(fragment.source.name)) ??
      (summary
        ? `summary of #${summary.from}-${summary.through}`
        : segment.modelWritten
          ? 'an earlier answer'
          : 'this session');
    const label = named ? `[${number}]` : `(${number})`;
    output.line(
      `  ${output.paint('cyan', label.padEnd(5))}${output.paint('bold', from)} “${excerpt(quotes.at(-1) ?? text, EXCERPT_CHARACTERS)}”`,
    );
  }
  if (report.citations.length > 0) output.line();
  const { usage, timings, model } = report;
  const speed = tokensPerSecond(answer);
  if (report.certainty !== null)
    row('certainty', output.paint(report.certainty === 'STATED' ? 'green' : 'yellow', CERTAINTY[report.certainty]));
  row('model', `${model.id} (${model.engine})`);
  if (model.engine === 'extractive') {
    row('', output.paint('yellow', 'extractive: quotes the evidence and writes nothing of its own'));
  }
  if (model.small) row('', output.paint('yellow', 'small: it states wrong things as surely as right ones'));
  row(
    'first token',
    `${formatSeconds(answer.firstTokenMs)} here, ${formatSeconds(timings.firstTokenMs)} in the reasoning stage`,
  );
  row(
    'speed',
    `${speed === null ? '-' : speed.toFixed(1)} tokens/s, ${formatCount(usage.outputTokens)} tokens in ${formatSeconds(timings.totalMs)}`,
  );
  row('KV prefix', `${formatCount(usage.cachedTokens)} of ${formatCount(usage.promptTokens)} prompt tokens reused`);
  row('bytes up', formatBytes(bytesUp));
  row('generation', report.id);
  if (traceId !== undefined) row('trace', traceId);
  showWorkingSet(report.workingSet, row);
  showHops(report.hops, output);
}

function showWorkingSet(
  workingSet: AnswerReportFragment['workingSet'],
  row: (label: string, text: string) => void,
): void {
  const { tokens, budgetTokens, sessionTokens, segments, omitted, degraded } = workingSet;
  row(
    'working set',
    `${formatCount(tokens)} of ${formatCount(budgetTokens)} budgeted tokens, chosen out of ${formatCount(sessionTokens)}`,
  );
  const reasons = new Map<string, { segments: number; tokens: number }>();
  for (const { reason, tokens: size } of segments) {
    const sum = reasons.get(reason) ?? { segments: 0, tokens: 0 };
    reasons.set(reason, { segments: sum.segments + 1, tokens: sum.tokens + size });
  }
  row(
    '',
    [...reasons]
      .map(([reason, sum]) => `${reason.toLowerCase()} ${formatCount(sum.tokens)} (${sum.segments})`)
      .join(', '),
  );
  row('', `left out ${formatCount(omitted.fragments)} fragments (${formatCount(omitted.tokens)} tokens)`);
  for (const { stage, code, message } of degraded) row('degraded', `${stage}: ${code}, ${message}`);
}
