import { accepted, RenameSessionDocument, repeat, type SessionFieldsFragment } from '@supercontext/client';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useClient } from '../connection/connection-context.ts';
import { Dialog } from '../dialog.tsx';
import { ErrorNote } from '../error-note.tsx';
import { useAction } from '../use-action.ts';
import { LONGEST_TITLE } from './new-session-form.tsx';

interface Props {
  readonly session: SessionFieldsFragment;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

/** Gives a session another title; an empty one leaves it to its first question. */
export function RenameDialog({ session, onChanged, onClose }: Props): ReactNode {
  const client = useClient();
  const [title, setTitle] = useState(session.title ?? '');
  const [renaming, rename] = useAction(async () => {
    const input = { sessionId: session.id, title: title.trim() === '' ? null : title.trim() };
    await repeat(async () => accepted((await client.mutate(RenameSessionDocument, { input })).renameSession));
    onChanged();
    onClose();
  });

  function submit(event: FormEvent): void {
    event.preventDefault();
    void rename();
  }

  return (
    <Dialog name="Rename the session" onClose={onClose}>
      <form className="dialog-body" onSubmit={submit}>
        <input
          data-first
          aria-label="Title"
          placeholder="The beginning of its first question"
          maxLength={LONGEST_TITLE}
          value={title}
          onChange={(event) => setTitle(event.target.value)}
        />
        {renaming.error !== null && <ErrorNote error={renaming.error} />}
        <div className="dialog-buttons">
          <button type="button" className="button" onClick={onClose}>
            Leave it
          </button>
          <button type="submit" className="button primary" disabled={renaming.busy}>
            Rename
          </button>
        </div>
      </form>
    </Dialog>
  );
}
