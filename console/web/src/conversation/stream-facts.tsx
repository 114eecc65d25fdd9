import { tokensPerSecond } from '@supercontext/client';
import type { ReactNode } from 'react';
import { formatCount, formatDuration } from '../format.ts';
import type { ShownTurn } from './conversation-state.ts';

/** How the answer came: speed, first token, cuts survived, and what the model is. */
export function StreamFacts({ turn }: { readonly turn: ShownTurn }): ReactNode {
  const { answer, resumptions, interrupted } = turn;
  const speed = tokensPerSecond(answer);
  return (
    <ul className="facts" aria-label="How the answer came">
      {answer.model?.engine === 'extractive' && (
        <li
          className="fact fact-warning"
          title="No model writes here: these are sentences of the evidence, as they stand."
        >
          extractive: quotes only
        </li>
      )}
      {answer.firstTokenMs !== null && <li className="fact">first token {formatDuration(answer.firstTokenMs)}</li>}
      {speed !== null && <li className="fact">{speed.toFixed(1)} tokens/s</li>}
      {answer.tokens > 0 && <li className="fact">{formatCount(answer.tokens)} tokens</li>}
      {interrupted && <li className="fact fact-warning">cut off, going on…</li>}
      {resumptions.map(({ resumedAt, lost, tries }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list only grows at its end.
        <li key={index} className={lost === 0 ? 'fact fact-good' : 'fact fact-warning'} title={`after ${tries} tries`}>
          resumed at #{resumedAt}, {lost} lost
        </li>
      ))}
      {answer.missingCharacters !== null && answer.missingCharacters > 0 && (
        <li className="fact fact-warning">{formatCount(answer.missingCharacters)} characters did not arrive</li>
      )}
      {answer.phase === 'cancelled' && <li className="fact">stopped</li>}
      {answer.model !== null && <li className="fact faint">{answer.model.id}</li>}
    </ul>
  );
}
