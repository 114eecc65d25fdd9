import type { WorkingSetFieldsFragment } from '@supercontext/client';
import type { ReactNode } from 'react';
import { formatCount } from '../format.ts';
import { type Reference, referenceOf, shortName } from '../references/reference.ts';
import { originalTokensOf } from './measure-context.ts';

interface Props {
  readonly segments: WorkingSetFieldsFragment['segments'];
  readonly onOpen: (reference: Reference) => void;
}

/** Every segment the model saw, in its order; each opens the verbatim text. */
export function SegmentList({ segments, onOpen }: Props): ReactNode {
  return (
    <ol className="segments" aria-label="What the model saw">
      {segments.map((segment, index) => {
        const reference = referenceOf(segment);
        const originalTokens = originalTokensOf(segment);
        const { reason, number, from, through, tokens, verbatim, score } = segment;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the segments of one answer never change.
          <li key={index}>
            <button
              type="button"
              className="segment"
              disabled={reference === null}
              onClick={() => reference !== null && onOpen(reference)}
              title={[reference?.name, score === null ? null : `score ${score.toFixed(2)}`].filter(Boolean).join(', ')}
            >
              <span className="segment-head">
                <span className={`swatch reason-${reason.toLowerCase()}`} aria-hidden="true" />
                <span className="segment-name">
                  {reference === null ? reason.toLowerCase() : shortName(reference.name)}
                </span>
                {number !== null && <span className="chip-number">{number}</span>}
              </span>
              <span className="segment-facts faint">
                #{from === through ? formatCount(from) : `${formatCount(from)}-${formatCount(through)}`}
                {' · '}
                {verbatim && originalTokens === tokens
                  ? `${formatCount(tokens)} tokens, verbatim`
                  : `${formatCount(tokens)} of ${formatCount(originalTokens)} tokens`}
              </span>
              <span className="segment-bar" aria-hidden="true">
                <span
                  className={`segment-shown reason-${reason.toLowerCase()}`}
                  style={{ width: `${Math.min(1, tokens / Math.max(1, originalTokens)) * 100}%` }}
                />
              </span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}
