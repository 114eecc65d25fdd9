import type { HopFieldsFragment } from '@supercontext/client';

/** One bar of the waterfall, in shares of the whole turn, 0-1. */
export interface HopBar {
  readonly hop: HopFieldsFragment;
  readonly from: number;
  readonly width: number;
}

export interface Waterfall {
  readonly durationMs: number;
  readonly bars: readonly HopBar[];
}

/** Places the steps of a turn on one line of time, first to begin first. Clocks of other machines are taken as they are. */
export function layOutHops(hops: readonly HopFieldsFragment[]): Waterfall {
  if (hops.length === 0) return { durationMs: 0, bars: [] };
  const startMs = Math.min(...hops.map(({ startedAtMs }) => startedAtMs));
  const durationMs = Math.max(...hops.map((hop) => hop.startedAtMs + hop.durationMs)) - startMs;
  const bars = hops
    .toSorted((a, b) => a.startedAtMs - b.startedAtMs || b.durationMs - a.durationMs)
    .map((hop) => ({
      hop,
      from: durationMs === 0 ? 0 : (hop.startedAtMs - startMs) / durationMs,
      width: durationMs === 0 ? 1 : hop.durationMs / durationMs,
    }));
  return { durationMs, bars };
}
