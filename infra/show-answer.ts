/** What the demo prints of one answer; the shape of the client's Generation fragment. */
export interface AnswerReport {
  readonly model: { readonly id: string; readonly engine: string };
  readonly usage: { readonly promptTokens: number; readonly cachedTokens: number; readonly outputTokens: number };
  readonly timings: {
    readonly firstTokenMs: number | null;
    readonly tokensPerSecond: number | null;
    readonly totalMs: number | null;
  };
  readonly hops: readonly {
    readonly stage: string;
    readonly version: string;
    readonly name: string;
    readonly durationMs: number;
  }[];
  readonly citations: readonly {
    readonly number: number;
    readonly text: string;
    readonly fragment: { readonly source: { readonly name: string | null } } | null;
  }[];
  readonly workingSet: {
    readonly tokens: number;
    readonly budgetTokens: number;
    readonly sessionTokens: number;
    readonly segments: readonly { readonly reason: string; readonly tokens: number }[];
    readonly omitted: { readonly fragments: number; readonly tokens: number };
    readonly degraded: readonly { readonly stage: string; readonly code: string }[];
  };
}

const EXCERPT_CHARACTERS = 110;

/** Prints what one answer rests on and what it cost, below the streamed text. */
export function showAnswer(report: AnswerReport, firstTokenSeenMs: number, bytesUp: number, deltaBytes: number): void {
  const { usage, timings, workingSet } = report;
  const line = (label: string, text: string) => console.log(`  ${label.padEnd(14)}${text}`);
  console.log();
  for (const citation of report.citations) {
    const excerpt = citation.text.replaceAll(/\s+/g, ' ').trim().slice(0, EXCERPT_CHARACTERS);
    line(`[${citation.number}]`, `${citation.fragment?.source.name ?? 'a summary of the session'}: “${excerpt}…”`);
  }
  line('model', `${report.model.id} (${report.model.engine})`);
  line(
    'first token',
    `${(firstTokenSeenMs / 1_000).toFixed(2)} s here, ${seconds(timings.firstTokenMs)} in the reasoning stage`,
  );
  line(
    'speed',
    `${timings.tokensPerSecond?.toFixed(1) ?? '-'} tokens/s, ${usage.outputTokens} tokens in ${seconds(timings.totalMs)}`,
  );
  line(
    'working set',
    `${count(workingSet.tokens)} of ${count(workingSet.budgetTokens)} budgeted tokens, chosen out of ${count(workingSet.sessionTokens)}; ` +
      `left out ${count(workingSet.omitted.fragments)} fragments (${count(workingSet.omitted.tokens)} tokens)`,
  );
  line('', byReason(workingSet.segments));
  for (const { stage, code } of workingSet.degraded) line('degraded', `${stage}: ${code}`);
  line('KV prefix', `${count(usage.cachedTokens)} of ${count(usage.promptTokens)} prompt tokens reused`);
  line('bytes up', `${count(bytesUp)} for ${count(deltaBytes)} bytes of text`);
  line('hops', '');
  for (const { stage, version, name, durationMs } of report.hops) {
    console.log(`    ${stage.padEnd(12)}${version.padEnd(8)}${name.padEnd(28)}${durationMs.toFixed(1).padStart(9)} ms`);
  }
  console.log();
}

function byReason(segments: AnswerReport['workingSet']['segments']): string {
  const groups = new Map<string, { segments: number; tokens: number }>();
  for (const { reason, tokens } of segments) {
    const group = groups.get(reason) ?? { segments: 0, tokens: 0 };
    groups.set(reason, { segments: group.segments + 1, tokens: group.tokens + tokens });
  }
  return [...groups]
    .map(([reason, group]) => `${reason.toLowerCase()} ${count(group.tokens)} (${group.segments})`)
    .join(', ');
}

function seconds(ms: number | null): string {
  return ms === null ? '-' : `${(ms / 1_000).toFixed(2)} s`;
}

function count(value: number): string {
  return value.toLocaleString('en');
}
