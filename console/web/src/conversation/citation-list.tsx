import type { CitationFieldsFragment } from '@supercontext/client';
import type { ReactNode } from 'react';
import { type Reference, referenceOf, shortName } from '../references/reference.ts';

interface Props {
  readonly citations: readonly CitationFieldsFragment[];
  readonly onCite: (number: number) => void;
}

/** What an answer rests on, as chips that open the verbatim text. */
export function CitationList({ citations, onCite }: Props): ReactNode {
  if (citations.length === 0) return null;
  return (
    <ul className="citations" aria-label="Citations">
      {citations.map((citation) => {
        const reference = referenceOf(citation);
        return (
          <li key={citation.number}>
            <button
              type="button"
              className={citation.named ? 'chip' : 'chip chip-unnamed'}
              disabled={reference === null}
              title={titleOf(citation, reference)}
              onClick={() => onCite(citation.number)}
            >
              <span className="chip-number">{citation.number}</span>
              {citation.segment.modelWritten && <span className="chip-mark">earlier answer</span>}
              <span className="chip-name">{reference === null ? 'unreadable' : shortName(reference.name)}</span>
            </button>
            {citation.quotes.map((quote) => (
              <mark key={quote} className="cited-quote">
                {quote}
              </mark>
            ))}
          </li>
        );
      })}
    </ul>
  );
}

function titleOf({ named, text, segment }: CitationFieldsFragment, reference: Reference | null): string {
  const lines = [
    reference?.name,
    segment.modelWritten ? 'A model wrote this, in an earlier answer.' : null,
    named ? null : 'Not named by the answer, but closest to it:',
    text,
  ];
  return lines.filter((line) => line !== null && line !== undefined).join('\n');
}
