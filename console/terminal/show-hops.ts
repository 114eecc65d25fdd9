import type { HopFieldsFragment } from '@supercontext/client';
import { formatCount } from './format-quantity.ts';
import type { Lines } from './output.ts';

const BAR_CHARACTERS = 24;

/** Prints the steps of a turn as a table with a waterfall: which stage did what, when, and for how long. */
export function showHops(hops: readonly HopFieldsFragment[], output: Lines): void {
  if (hops.length === 0) return;
  const startMs = Math.min(...hops.map(({ startedAtMs }) => startedAtMs));
  const spanMs = Math.max(...hops.map(({ startedAtMs, durationMs }) => startedAtMs + durationMs)) - startMs;
  const nameWidth = Math.max(4, ...hops.map(({ name }) => name.length)) + 2;
  output.line();
  output.line(
    output.paint('dim', `  ${'stage'.padEnd(13)}${'v'.padEnd(7)}${'step'.padEnd(nameWidth)}${'ms'.padStart(9)}`),
  );
  for (const { stage, version, name, startedAtMs, durationMs, tokens, shard, cacheHit } of hops) {
    const before = position(startedAtMs - startMs, spanMs);
    const length = Math.max(1, position(durationMs, spanMs));
    const bar =
      ' '.repeat(Math.min(before, BAR_CHARACTERS - 1)) + '█'.repeat(Math.min(length, BAR_CHARACTERS - before) || 1);
    const notes = [
      tokens === null ? '' : `${formatCount(tokens)} tokens`,
      shard ?? '',
      cacheHit === null ? '' : cacheHit ? 'hit' : 'miss',
    ].filter((note) => note !== '');
    output.line(
      `  ${stage.padEnd(13)}${version.padEnd(7)}${name.padEnd(nameWidth)}${durationMs.toFixed(1).padStart(9)}  ` +
        `${output.paint('cyan', bar.padEnd(BAR_CHARACTERS))}  ${output.paint('dim', notes.join(', '))}`.trimEnd(),
    );
  }
}

function position(ms: number, spanMs: number): number {
  return spanMs <= 0 ? 0 : Math.round((ms / spanMs) * BAR_CHARACTERS);
}
