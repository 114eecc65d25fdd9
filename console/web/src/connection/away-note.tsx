import type { ReactNode } from 'react';
import { useStagesAway } from './use-stages-away.ts';

const WITHOUT: Readonly<Record<string, string>> = {
  context: 'sessions and what was asked in them cannot be read, and nothing new goes in.',
  store: 'verbatim texts cannot be opened, nothing can be added, and answers do without search.',
  compression: 'summaries are neither made nor shown, and answers do without them.',
  reasoning: 'nothing can be asked, and answers cannot be read.',
};

/** Says which stages are away, and what that means; the rest of the page goes on. */
export function AwayNote({ onBack }: { readonly onBack: () => void }): ReactNode {
  const away = useStagesAway(onBack);
  return (
    <div role="status" aria-label="Stages that are away">
      {away === null && <p className="away">The gateway does not answer. What is here stays; it is tried again.</p>}
      {away?.map((stage) => (
        <p key={stage} className="away">
          <strong>{stage}</strong> is away: {WITHOUT[stage] ?? 'what it does cannot be done.'} It is tried again.
        </p>
      ))}
    </div>
  );
}
