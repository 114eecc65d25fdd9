import { ArchiveSessionDocument, accepted, repeat, type SessionFieldsFragment } from '@supercontext/client';
import { type ReactNode, useRef, useState } from 'react';
import { useClient } from '../connection/connection-context.ts';
import { ErrorNote } from '../error-note.tsx';
import { useAction } from '../use-action.ts';
import { EraseDialog } from './erase-dialog.tsx';
import { RenameDialog } from './rename-dialog.tsx';

interface Props {
  readonly session: SessionFieldsFragment;
  readonly onChanged: () => void;
  readonly onErased: () => void;
}

/** What is done to a session as a whole, and rarely. */
export function SessionMenu({ session, onChanged, onErased }: Props): ReactNode {
  const client = useClient();
  const menu = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const [asking, setAsking] = useState<'rename' | 'erase' | null>(null);
  const isArchived = session.archivedAt !== null;
  const [archiving, archive] = useAction(async () => {
    const input = { sessionId: session.id, archived: !isArchived };
    await repeat(async () => accepted((await client.mutate(ArchiveSessionDocument, { input })).archiveSession));
    onChanged();
  });

  /** The focus goes back to the button that opened the menu; from there a dialog takes it, and gives it back. */
  function choose(then: () => void): void {
    menu.current?.hidePopover();
    opener.current?.focus();
    then();
  }

  const close = () => setAsking(null);
  return (
    <>
      <button ref={opener} type="button" className="button menu-opener" popoverTarget="session-menu">
        <span aria-hidden="true">⋯</span>
        <span className="visually-hidden">More for this session</span>
      </button>
      <div ref={menu} id="session-menu" className="menu" popover="auto">
        <button type="button" className="menu-item" onClick={() => choose(() => setAsking('rename'))}>
          Rename…
        </button>
        <button type="button" className="menu-item" onClick={() => choose(() => void archive())}>
          {isArchived ? 'Take out of the archive' : 'Archive'}
        </button>
        <button type="button" className="menu-item bad" onClick={() => choose(() => setAsking('erase'))}>
          Delete…
        </button>
      </div>
      {archiving.error !== null && <ErrorNote error={archiving.error} />}
      {asking === 'rename' && <RenameDialog session={session} onChanged={onChanged} onClose={close} />}
      {asking === 'erase' && <EraseDialog session={session} onErased={onErased} onClose={close} />}
    </>
  );
}
