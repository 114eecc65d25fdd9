import type { HopFieldsFragment } from '@supercontext/client';
import type { ReactNode } from 'react';
import { formatCount, formatDuration } from '../format.ts';
import { layOutHops, type Waterfall } from './lay-out-hops.ts';

/** Every step of a turn in every stage, as one bar that opens to the waterfall: who did what, when, and for how long. */
export function HopWaterfall({ hops }: { readonly hops: readonly HopFieldsFragment[] }): ReactNode {
  const waterfall = layOutHops(hops);
  if (waterfall.bars.length === 0) return null;
  return (
    <section className="hops panel" aria-label="Hops">
      <details>
        <summary>
          <span className="hops-head">
            <span className="hops-title">Hops</span>
            <span className="faint">
              {formatCount(waterfall.bars.length)} steps, {formatDuration(waterfall.durationMs)}
            </span>
          </span>
          <Together waterfall={waterfall} />
        </summary>
        <Steps waterfall={waterfall} />
      </details>
    </section>
  );
}

function Together({ waterfall }: { readonly waterfall: Waterfall }): ReactNode {
  return (
    <span className="hops-bar" aria-hidden="true">
      {waterfall.bars.map(({ hop, from, width }, index) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: the steps of one turn never change.
          key={index}
          className={`hops-part stage-${hop.stage}`}
          style={{ left: `min(${from * 100}%, 100% - 2px)`, width: `max(2px, ${width * 100}%)` }}
        />
      ))}
    </span>
  );
}

function Steps({ waterfall }: { readonly waterfall: Waterfall }): ReactNode {
  return (
    <ol className="waterfall" aria-label="Steps of the turn in order of start">
      {waterfall.bars.map(({ hop, from, width }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the steps of one turn never change.
        <li key={index} title={notesOf(hop)}>
          <span className={`swatch stage-${hop.stage}`} aria-hidden="true" />
          <span className="hop-stage">
            {hop.stage} <span className="faint">{hop.version}</span>
          </span>
          <span className="hop-name">{hop.name}</span>
          <span className="hop-duration">{formatDuration(hop.durationMs)}</span>
          <span className="hop-line" aria-hidden="true">
            <span
              className={`hop-bar stage-${hop.stage}`}
              style={{ left: `min(${from * 100}%, 100% - 2px)`, width: `max(2px, ${width * 100}%)` }}
            />
          </span>
        </li>
      ))}
    </ol>
  );
}

function notesOf({ tokens, sizeBytes, shard, cacheHit }: HopFieldsFragment): string {
  return [
    tokens === null ? null : `${formatCount(tokens)} tokens`,
    sizeBytes === null ? null : `${formatCount(sizeBytes)} bytes`,
    shard === null ? null : `shard ${shard}`,
    cacheHit === null ? null : cacheHit ? 'from cache' : 'not cached',
  ]
    .filter((note) => note !== null)
    .join(', ');
}
