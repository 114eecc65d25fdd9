import type { SessionFieldsFragment } from '@supercontext/client';
import type { ReactNode } from 'react';
import { formatCompact, formatCount } from '../format.ts';
import { AddFiles } from './add-files.tsx';
import type { ChosenFile } from './dropped-files.ts';
import { titleOf } from './session-list.tsx';
import type { Appending } from './use-append.ts';
import { useCompression } from './use-compression.ts';

interface Props {
  readonly session: SessionFieldsFragment;
  readonly appending: Appending;
  readonly onFiles: (files: readonly ChosenFile[]) => void;
}

/** What the selected session holds, how far it is compressed, and the way to add to it. */
export function SessionCard({ session, appending, onFiles }: Props): ReactNode {
  const compression = useCompression(session.id, session.revision);
  return (
    <section className="session-card" aria-label="This session">
      <h2>{titleOf(session)}</h2>
      <dl>
        <dt>Tokens</dt>
        <dd title={formatCount(session.tokens)}>{formatCompact(session.tokens)}</dd>
        <dt>Fragments</dt>
        <dd>{formatCount(session.fragmentCount)}</dd>
        {compression !== null && compression.nodes > 0 && (
          <>
            <dt>Summaries</dt>
            <dd title={`${compression.method.name} ${compression.method.version}`}>
              {formatCount(compression.nodes)} in {compression.levels} {compression.levels === 1 ? 'level' : 'levels'}
              {compression.pendingJobs > 0 && (
                <span className="faint">, {formatCount(compression.pendingJobs)} to come</span>
              )}
            </dd>
            <dt>Compressed</dt>
            <dd>
              {formatCompact(compression.originalTokens)} to {formatCompact(compression.summaryTokens)}
            </dd>
          </>
        )}
      </dl>
      <AddFiles appending={appending} onFiles={onFiles} />
    </section>
  );
}
