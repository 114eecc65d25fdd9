import type { HopFieldsFragment } from '@supercontext/client';
import type { ReactNode } from 'react';
import { formatCount, formatDuration } from '../format.ts';
import { layOutHops } from './lay-out-hops.ts';

/** Every step of a turn in every stage: who did what, when, and for how long. */
export function HopWaterfall({ hops }: { readonly hops: readonly HopFieldsFragment[] }): ReactNode {
  const { durationMs, bars } = layOutHops(hops);
  return (
    <section className="hops panel" aria-label="Hops">
      <h2>Hops {bars.length > 0 && <span className="faint">{formatDuration(durationMs)} in all</span>}</h2>
      {bars.length === 0 ? (
        <p className="hint faint">
          Each step of a turn appears here, with the stage that took it and how long it took.
        </p>
      ) : (
        <table className="waterfall">
          <caption className="visually-hidden">Steps of the turn in order of start</caption>
          <thead className="visually-hidden">
            <tr>
              <th scope="col">Stage</th>
              <th scope="col">Step</th>
              <th scope="col">When</th>
              <th scope="col">Duration</th>
            </tr>
          </thead>
          <tbody>
            {bars.map(({ hop, from, width }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the steps of one turn never change.
              <tr key={index} title={notesOf(hop)}>
                <th scope="row">
                  <span className={`swatch stage-${hop.stage}`} aria-hidden="true" />
                  {hop.stage} <span className="faint">{hop.version}</span>
                </th>
                <td className="hop-name">{hop.name}</td>
                <td className="hop-line">
                  <span
                    className={`hop-bar stage-${hop.stage}`}
                    style={{ left: `${from * 100}%`, width: `max(2px, ${width * 100}%)` }}
                  />
                </td>
                <td className="hop-duration">{formatDuration(hop.durationMs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
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
