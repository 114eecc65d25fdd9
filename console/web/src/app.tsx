import { type DragEvent, type ReactNode, useCallback, useMemo, useState } from 'react';
import { AwayNote } from './connection/away-note.tsx';
import { useClient } from './connection/connection-context.ts';
import { NetworkButton } from './connection/network-button.tsx';
import { Dialog } from './dialog.tsx';
import { ErrorNote } from './error-note.tsx';
import { Lost, Welcome } from './places.tsx';
import { goTo, hrefOf, useRoute } from './routing/use-route.ts';
import { SessionPage } from './session-page.tsx';
import { type Chosen, droppedFiles } from './sessions/dropped-files.ts';
import { openSession } from './sessions/open-session.ts';
import { Sidebar } from './sessions/sidebar.tsx';
import { useAppends } from './sessions/use-appends.ts';
import { useAction } from './use-action.ts';
import { NARROW, useMedia } from './use-media.ts';

/** The page: sessions on the left, and beside them what its address names. */
export function App(): ReactNode {
  const client = useClient();
  const route = useRoute();
  const isNarrow = useMedia(NARROW);
  const [dragging, setDragging] = useState(false);
  const [listing, setListing] = useState(false);
  /** Counts what may have changed the sessions. */
  const [changes, setChanges] = useState(0);
  const changed = useCallback(() => setChanges((count) => count + 1), []);
  const appends = useAppends(changed);
  const sessionId = route.place === 'session' ? route.sessionId : null;

  const open = useCallback(
    async (title: string) => {
      const session = await openSession(client, title);
      changed();
      setListing(false);
      goTo({ place: 'session', sessionId: session.id, at: null });
      return session.id;
    },
    [client, changed],
  );

  const [dropping, drop] = useAction(async (chosen: Chosen) => {
    // Files that are dropped where there is no session open one.
    appends.append(sessionId ?? (await open('')), chosen);
  });

  const sidebar = useMemo(
    () => <Sidebar changes={changes} selectedId={sessionId} onOpen={open} onSelect={() => setListing(false)} />,
    [changes, sessionId, open],
  );

  return (
    <DropZone dragging={dragging} onDragging={setDragging} onDrop={(chosen) => void drop(chosen)}>
      <header className="top">
        {isNarrow && sessionId !== null && (
          <button type="button" className="button quiet" onClick={() => setListing(true)}>
            Sessions
          </button>
        )}
        <h1>
          <a href={hrefOf({ place: 'home' })}>Supercontext</a>
        </h1>
        <NetworkButton />
      </header>
      <div className="notes">
        <AwayNote onBack={changed} />
        {dropping.error !== null && <ErrorNote error={dropping.error} />}
      </div>
      {!isNarrow && sidebar}
      {isNarrow && listing && (
        <Dialog name="Sessions" shape="left" onClose={() => setListing(false)}>
          {sidebar}
        </Dialog>
      )}
      {route.place === 'home' && <Welcome>{isNarrow && sidebar}</Welcome>}
      {route.place === 'unknown' && <Lost what="page" named={route.address} />}
      {route.place === 'session' && (
        <SessionPage
          key={route.sessionId}
          sessionId={route.sessionId}
          at={route.at}
          changes={changes}
          files={{
            appending: appends.of.get(route.sessionId),
            append: (chosen) => appends.append(route.sessionId, chosen),
            stop: () => appends.stop(route.sessionId),
            forget: () => appends.forget(route.sessionId),
          }}
          onChanged={changed}
        />
      )}
    </DropZone>
  );
}

interface DropZoneProps {
  readonly dragging: boolean;
  readonly onDragging: (dragging: boolean) => void;
  readonly onDrop: (chosen: Chosen) => void;
  readonly children: ReactNode;
}

/** Takes files wherever in the page they are dropped. */
function DropZone({ dragging, onDragging, onDrop, children }: DropZoneProps): ReactNode {
  function over(event: DragEvent): void {
    if (!event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    onDragging(true);
  }

  function drop(event: DragEvent): void {
    event.preventDefault();
    onDragging(false);
    void droppedFiles(event.dataTransfer).then(onDrop);
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping files is one of two ways; the other is a button.
    <div
      className={dragging ? 'page page-dragging' : 'page'}
      onDragOver={over}
      onDragLeave={(event) => {
        if (event.currentTarget === event.target) onDragging(false);
      }}
      onDrop={drop}
    >
      {children}
    </div>
  );
}
