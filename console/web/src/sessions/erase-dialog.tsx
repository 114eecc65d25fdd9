import { accepted, EraseSessionDocument, type SessionFieldsFragment } from '@supercontext/client';
import type { ReactNode } from 'react';
import { useClient } from '../connection/connection-context.ts';
import { Dialog } from '../dialog.tsx';
import { ErrorNote } from '../error-note.tsx';
import { formatCount } from '../format.ts';
import { useAction } from '../use-action.ts';
import { titleOf } from './session-title.ts';

interface Props {
  readonly session: SessionFieldsFragment;
  readonly onErased: () => void;
  readonly onClose: () => void;
}

/** Says what goes with a session, and erases it when its reader says so. */
export function EraseDialog({ session, onErased, onClose }: Props): ReactNode {
  const client = useClient();
  const [erasing, erase] = useAction(async () => {
    // Sent again after an answer that was lost, it finds nothing: then there is nothing left.
    const { eraseSession } = await client.mutate(EraseSessionDocument, { input: { sessionId: session.id } });
    if (eraseSession.userErrors[0]?.code !== 'SESSION_NOT_FOUND') accepted(eraseSession);
    onErased();
  });
  return (
    <Dialog name={`Delete “${titleOf(session)}”?`} onClose={onClose}>
      <div className="dialog-body">
        <p>This goes for good, from every stage, and cannot be undone:</p>
        <ul className="plain-list">
          <li>
            {formatCount(session.fragmentCount)} fragments with {formatCount(session.tokens)} tokens of what was added
          </li>
          <li>all its questions and answers, with what is known of how they came about</li>
          <li>its search index, its summaries, and what models have cached of it</li>
        </ul>
        <p className="faint">
          The files that you added stay where they came from. Texts that another session holds as well stay there, and
          backups made before keep all of it.
        </p>
        {erasing.error !== null && <ErrorNote error={erasing.error} />}
        <div className="dialog-buttons">
          <button type="button" className="button" onClick={onClose}>
            Keep it
          </button>
          <button type="button" className="button danger" disabled={erasing.busy} onClick={() => void erase()}>
            Delete for good
          </button>
        </div>
      </div>
    </Dialog>
  );
}
