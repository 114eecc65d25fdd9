import { tokensPerSecond } from '@supercontext/client';
import type { ReactNode } from 'react';
import { formatCount, formatDuration } from '../format.ts';
import type { ShownAnswer } from './conversation-state.ts';

const CERTAINTY = {
  STATED: { look: 'fact fact-good', words: 'stated in your documents' },
  UNSURE: { look: 'fact fact-warning', words: 'closest passages, unsure' },
  NOT_SAID: { look: 'fact fact-warning', words: 'no answer found' },
} as const;

/** How the answer came: speed, first token, cuts survived, and what the model is. */
export function StreamFacts({
  answer: { seen, resumptions, interrupted },
}: {
  readonly answer: ShownAnswer;
}): ReactNode {
  const speed = tokensPerSecond(seen);
  const certainty = seen.report?.certainty;
  return (
    <ul className="facts" aria-label="How the answer came">
      {seen.model?.engine === 'extractive' && (
        <li
          className="fact fact-warning"
          title="No model writes here: these are sentences of the evidence, as they stand."
        >
          extractive: quotes only
        </li>
      )}
      {certainty != null && <li className={CERTAINTY[certainty].look}>{CERTAINTY[certainty].words}</li>}
      {seen.model?.small === true && (
        <li
          className="fact fact-warning"
          title="It states wrong things as surely as right ones: look at the citations."
        >
          small model
        </li>
      )}
      {seen.firstTokenMs !== null && <li className="fact">first token {formatDuration(seen.firstTokenMs)}</li>}
      {speed !== null && <li className="fact">{speed.toFixed(1)} tokens/s</li>}
      {seen.tokens > 0 && <li className="fact">{formatCount(seen.tokens)} tokens</li>}
      {interrupted && <li className="fact fact-warning">cut off, going on…</li>}
      {resumptions.map(({ resumedAt, lost, tries }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list only grows at its end.
        <li key={index} className={lost === 0 ? 'fact fact-good' : 'fact fact-warning'} title={`after ${tries} tries`}>
          resumed at #{resumedAt}, {lost} lost
        </li>
      ))}
      {seen.missingCharacters !== null && seen.missingCharacters > 0 && (
        <li className="fact fact-warning">{formatCount(seen.missingCharacters)} characters did not arrive</li>
      )}
      {seen.phase === 'cancelled' && <li className="fact">stopped</li>}
      {seen.model !== null && seen.model.engine !== 'extractive' && <li className="fact faint">{seen.model.id}</li>}
    </ul>
  );
}
