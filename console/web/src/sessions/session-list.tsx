import { type ReactNode, useCallback, useEffect, useMemo } from 'react';
import { ErrorNote } from '../error-note.tsx';
import { formatCompact, formatMoment } from '../format.ts';
import { hrefOf } from '../routing/use-route.ts';
import type { RowRange } from '../windowed/place-rows.ts';
import { useWindowed } from '../windowed/use-windowed.ts';
import { titleOf } from './session-title.ts';
import type { Sessions } from './use-sessions.ts';

interface Props {
  readonly sessions: Sessions;
  readonly selectedId: string | null;
  readonly onSelect: () => void;
}

const ROW_PIXELS = 54;
/** So near the last session that is here, those behind it are read. */
const SESSIONS_LEFT_BELOW = 20;
/** The selected session is sought among so many. */
const MOST_SOUGHT_AMONG = 1_000;

/** The sessions, of which those in sight are drawn; the selected one is brought into sight. */
export function SessionList({ sessions, selectedId, onSelect }: Props): ReactNode {
  const { phase, sessions: read, after, refresh, loadMore } = sessions;
  const keys = useMemo(() => read.map(({ id }) => id), [read]);
  const onNear = useCallback(
    ({ to }: RowRange) => {
      if (to > keys.length - SESSIONS_LEFT_BELOW) loadMore();
    },
    [keys, loadMore],
  );
  const list = useWindowed<HTMLElement>({ keys, estimatedPixels: ROW_PIXELS, followsEnd: false, onNear });
  const { show } = list;

  const isListed = selectedId !== null && keys.includes(selectedId);
  useEffect(() => {
    if (selectedId !== null && !isListed && keys.length < MOST_SOUGHT_AMONG) loadMore();
  }, [selectedId, isListed, keys, loadMore]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list may move while its reader looks at another place of it.
  useEffect(() => {
    if (isListed) show(selectedId);
  }, [selectedId, isListed]);

  return (
    <>
      {typeof phase === 'object' && <ErrorNote error={phase} onRetry={refresh} />}
      {phase === 'loading' && read.length === 0 && <p className="hint">Loading sessions…</p>}
      {phase === 'idle' && read.length === 0 && <p className="hint faint">No sessions here.</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also for those who have no pointer. */}
      <section className="session-list" aria-label="List of sessions" tabIndex={0} ref={list.scrolling}>
        <ul className="rows" aria-label="All sessions" style={{ height: list.totalPixels }}>
          {list.rows.map(({ index, key, topPixels }) => {
            const session = read[index];
            if (session === undefined) return null;
            return (
              <li
                key={key}
                className="row"
                data-key={key}
                ref={list.ref(key)}
                style={{ top: topPixels }}
                aria-posinset={index + 1}
                aria-setsize={after === null ? read.length : -1}
              >
                <a
                  className="session"
                  href={hrefOf({ place: 'session', sessionId: session.id, at: null })}
                  aria-current={session.id === selectedId ? 'page' : undefined}
                  title={titleOf(session)}
                  onClick={onSelect}
                >
                  <span className="session-title clamped">{titleOf(session)}</span>
                  <span className="faint clamped">
                    {formatCompact(session.tokens)} tokens · {formatMoment(session.lastActivityAt)}
                  </span>
                </a>
              </li>
            );
          })}
        </ul>
      </section>
    </>
  );
}
