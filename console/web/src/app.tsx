import type { SessionFieldsFragment } from '@supercontext/client';
import { type DragEvent, type ReactNode, useState } from 'react';
import { NetworkButton } from './connection/network-button.tsx';

import { droppedFiles } from './sessions/dropped-files.ts';
import { NewSessionForm } from './sessions/new-session-form.tsx';
import { SessionCard } from './sessions/session-card.tsx';
import { SessionList } from './sessions/session-list.tsx';
import { useAppend } from './sessions/use-append.ts';
import { useSessions } from './sessions/use-sessions.ts';
import { Workspace } from './workspace.tsx';

/** The page: sessions on the left, and for the selected one its conversation, context map and hops. */
export function App(): ReactNode {
  const sessions = useSessions();
  const [chosenId, setChosenId] = useState<string | null>(() => window.location.hash.slice(1) || null);
  const listed = sessions.list.phase === 'loaded' ? sessions.list.value : [];
  const selected = listed.find(({ id }) => id === chosenId) ?? listed[0] ?? null;
  const [appending, append] = useAppend(selected?.id ?? null, sessions.refresh);
  const [dragging, setDragging] = useState(false);

  function select({ id }: SessionFieldsFragment): void {
    setChosenId(id);
    window.history.replaceState(null, '', `#${id}`);
  }

  function drop(event: DragEvent): void {
    event.preventDefault();
    setDragging(false);
    void droppedFiles(event.dataTransfer).then(append);
  }

  function dragOver(event: DragEvent): void {
    if (!event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    setDragging(true);
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping files is one of two ways; the other is a button.
    <div
      className={dragging ? 'page page-dragging' : 'page'}
      onDragOver={dragOver}
      onDragLeave={(event) => {
        if (event.currentTarget === event.target) setDragging(false);
      }}
      onDrop={drop}
    >
      <header className="top">
        <h1>Supercontext</h1>
        <NetworkButton />
      </header>
      <nav className="sidebar" aria-label="Sessions">
        <NewSessionForm onOpen={async (title) => select(await sessions.open(title))} />
        {selected !== null && (
          <SessionCard key={selected.id} session={selected} appending={appending} onFiles={append} />
        )}
        <SessionList
          sessions={sessions.list}
          selectedId={selected?.id ?? null}
          onSelect={select}
          onRetry={sessions.refresh}
        />
      </nav>
      {selected !== null ? (
        <Workspace key={selected.id} session={selected} onChanged={sessions.refresh} />
      ) : (
        <main className="welcome">
          <h2>Two million tokens behind one question</h2>
          <p>Open a session, drop in files of any size, and ask. Every answer shows what it rests on.</p>
        </main>
      )}
    </div>
  );
}
