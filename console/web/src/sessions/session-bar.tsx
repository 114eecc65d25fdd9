import type { SessionFieldsFragment } from '@supercontext/client';
import type { ReactNode } from 'react';
import { formatCompact, formatCount } from '../format.ts';
import { AddFiles } from './add-files.tsx';
import { AppendReport } from './append-report.tsx';
import type { Chosen } from './dropped-files.ts';
import { SessionMenu } from './session-menu.tsx';
import { titleOf } from './session-title.ts';
import type { Appending } from './use-appends.ts';
import { useCompression } from './use-compression.ts';

/** What is added to the session. */
export interface SessionFiles {
  readonly appending: Appending | undefined;
  readonly append: (chosen: Chosen) => void;
  readonly stop: () => void;
  readonly forget: () => void;
}

interface Props {
  readonly session: SessionFieldsFragment;
  readonly files: SessionFiles;
  /** Told when the session is another than it was. */
  readonly onChanged: () => void;
  readonly onErased: () => void;
  /** Buttons that lead to what a narrow page has no room for. */
  readonly children: ReactNode;
}

/** What the selected session is and holds, how far it is compressed, and what can be done with it. */
export function SessionBar(props: Props): ReactNode {
  const { session, files, onChanged, onErased, children } = props;
  return (
    <section className="session-bar" aria-label="This session">
      <div className="session-bar-line">
        <h2 className="clamped" title={titleOf(session)}>
          {titleOf(session)}
        </h2>
        <div className="session-bar-buttons">
          {children}
          <AddFiles onFiles={files.append} />
          <SessionMenu session={session} onChanged={onChanged} onErased={onErased} />
        </div>
      </div>
      <SessionFacts session={session} />
      {files.appending !== undefined && (
        <AppendReport appending={files.appending} onStop={files.stop} onForget={files.forget} />
      )}
    </section>
  );
}

function SessionFacts({ session }: { readonly session: SessionFieldsFragment }): ReactNode {
  const compression = useCompression(session.id, session.revision);
  return (
    <ul className="session-facts faint" aria-label="What it holds">
      <li title={formatCount(session.tokens)}>{formatCompact(session.tokens)} tokens</li>
      <li>{formatCount(session.fragmentCount)} fragments</li>
      {compression !== null && compression.nodes > 0 && (
        <li title={`${compression.method.name} ${compression.method.version}, ${compression.levels} levels`}>
          {formatCount(compression.nodes)} summaries: {formatCompact(compression.originalTokens)} as{' '}
          {formatCompact(compression.summaryTokens)}
          {compression.pendingJobs > 0 && `, ${formatCount(compression.pendingJobs)} to come`}
        </li>
      )}
    </ul>
  );
}
