import type { WorkingSetFieldsFragment } from '@supercontext/client';
import type { ReactNode } from 'react';
import { formatCount } from '../format.ts';
import { type Piece, pieceOf, shortName } from '../pieces/piece.ts';
import { originalTokensOf } from './measure-context.ts';

interface Props {
  readonly segments: WorkingSetFieldsFragment['segments'];
  readonly onOpen: (piece: Piece) => void;
}

/** Every piece the model saw, in its order; each opens the verbatim text. */
export function SegmentList({ segments, onOpen }: Props): ReactNode {
  return (
    <ol className="segments" aria-label="What the model saw">
      {segments.map((segment, index) => {
        const piece = pieceOf(segment);
        const originalTokens = originalTokensOf(segment);
        const { reason, number, from, through, tokens, verbatim, score } = segment;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the segments of one answer never change.
          <li key={index}>
            <button
              type="button"
              className="segment"
              disabled={piece === null}
              onClick={() => piece !== null && onOpen(piece)}
              title={[piece?.name, score === null ? null : `score ${score.toFixed(2)}`].filter(Boolean).join(', ')}
            >
              <span className="segment-head">
                <span className={`swatch reason-${reason.toLowerCase()}`} aria-hidden="true" />
                <span className="segment-name">{piece === null ? reason.toLowerCase() : shortName(piece.name)}</span>
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
