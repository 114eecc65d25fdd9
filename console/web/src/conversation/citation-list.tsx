import type { CitationFieldsFragment } from '@supercontext/client';
import type { ReactNode } from 'react';
import { type Piece, pieceOf, shortName } from '../pieces/piece.ts';

interface Props {
  readonly citations: readonly CitationFieldsFragment[];
  readonly onOpen: (piece: Piece) => void;
}

/** What an answer rests on, as chips that open the verbatim text. */
export function CitationList({ citations, onOpen }: Props): ReactNode {
  if (citations.length === 0) return null;
  return (
    <ul className="citations" aria-label="Citations">
      {citations.map((citation) => {
        const piece = pieceOf(citation);
        return (
          <li key={citation.number}>
            <button
              type="button"
              className={citation.named ? 'chip' : 'chip chip-unnamed'}
              disabled={piece === null}
              title={`${piece?.name ?? ''}\n${citation.named ? '' : 'Not named by the answer, but closest to it:\n'}${citation.text}`}
              onClick={() => piece !== null && onOpen(piece)}
            >
              <span className="chip-number">{citation.number}</span>
              <span className="chip-name">{piece === null ? 'unreadable' : shortName(piece.name)}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
