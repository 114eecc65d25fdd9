import type { CitationFieldsFragment } from '@supercontext/client';
import type { ReactNode } from 'react';
import { type Reference, referenceOf } from '../references/reference.ts';
import { splitCitations } from './split-citations.ts';
import { splitCode } from './split-code.ts';

interface Props {
  readonly text: string;
  readonly citations: readonly CitationFieldsFragment[];
  readonly onOpen: (reference: Reference) => void;
}

/** An answer, with its code set apart and its `[1]` as chips that open what they name. */
export function AnswerText({ text, citations, onOpen }: Props): ReactNode {
  return (
    <div className="answer-text">
      {splitCode(text).map((block) =>
        block.kind === 'code' ? (
          <pre key={block.at} className="verbatim">
            {block.text}
          </pre>
        ) : (
          <Prose key={block.at} text={block.text} citations={citations} onOpen={onOpen} />
        ),
      )}
    </div>
  );
}

function Prose({ text, citations, onOpen }: Props): ReactNode {
  const byNumber = new Map(citations.map((citation) => [citation.number, citation]));
  return (
    <p>
      {splitCitations(text, new Set(byNumber.keys())).map((part) => {
        if (part.kind === 'text') return <span key={part.at}>{part.text}</span>;
        const reference = referenceOf(byNumber.get(part.number));
        return (
          <button
            key={part.at}
            type="button"
            className="chip-inline"
            disabled={reference === null}
            aria-label={`Citation ${part.number}`}
            title={reference?.name}
            onClick={() => reference !== null && onOpen(reference)}
          >
            {part.number}
          </button>
        );
      })}
    </p>
  );
}
