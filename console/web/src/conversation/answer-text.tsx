import type { CitationFieldsFragment } from '@supercontext/client';
import { memo, type ReactNode, useCallback, useMemo } from 'react';
import { MarkdownText } from '../markdown/markdown-text.tsx';
import { referenceOf } from '../references/reference.ts';

interface Props {
  readonly text: string;
  readonly citations: readonly CitationFieldsFragment[];
  readonly onCite: (number: number) => void;
}

/** An answer as Markdown, with its `[1]` as buttons that open what they name. */
export const AnswerText = memo(({ text, citations, onCite }: Props): ReactNode => {
  const byNumber = useMemo(() => new Map(citations.map((citation) => [citation.number, citation])), [citations]);
  const numbers = useMemo(() => new Set(byNumber.keys()), [byNumber]);
  const citation = useCallback(
    (number: number) => {
      const reference = referenceOf(byNumber.get(number));
      return (
        <button
          type="button"
          className="chip-inline"
          disabled={reference === null}
          aria-label={`Citation ${number}`}
          title={reference?.name}
          onClick={() => onCite(number)}
        >
          {number}
        </button>
      );
    },
    [byNumber, onCite],
  );
  return (
    <div className="answer-text">
      <MarkdownText text={text} numbers={numbers} citation={citation} />
    </div>
  );
});
