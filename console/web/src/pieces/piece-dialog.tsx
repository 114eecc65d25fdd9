import { type ReactNode, useCallback, useEffect, useRef } from 'react';
import { useClient } from '../connection/connection-context.ts';
import { ErrorNote } from '../error-note.tsx';
import { formatCount, formatMoment } from '../format.ts';
import { useLoaded } from '../use-loaded.ts';
import { type LoadedPiece, loadPiece } from './load-piece.ts';
import type { Piece } from './piece.ts';

interface Props {
  readonly piece: Piece;
  readonly onOpen: (piece: Piece) => void;
  readonly onClose: () => void;
}

/** The verbatim text of a piece of the session; a summary leads down to what it was made from. */
export function PieceDialog({ piece, onOpen, onClose }: Props): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);

  useEffect(() => {
    dialog.current?.showModal();
  }, []);

  return (
    <dialog ref={dialog} className="piece" aria-label={piece.name} onClose={onClose}>
      <header className="piece-head">
        <h2>{piece.name}</h2>
        <button type="button" className="button quiet" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </header>
      <Body key={piece.id} piece={piece} onOpen={onOpen} />
    </dialog>
  );
}

function Body({ piece, onOpen }: Pick<Props, 'piece' | 'onOpen'>): ReactNode {
  const client = useClient();
  const [loaded, retry] = useLoaded(useCallback((signal) => loadPiece(client, piece, signal), [client, piece]));
  if (loaded.phase === 'loading') return <p className="hint">Loading…</p>;
  if (loaded.phase === 'failed') return <ErrorNote error={loaded.error} onRetry={retry} />;
  return <Text piece={loaded.value} onOpen={onOpen} />;
}

function Text({ piece, onOpen }: { piece: LoadedPiece; onOpen: (piece: Piece) => void }): ReactNode {
  if (piece.kind === 'fragment') {
    const { fragment } = piece;
    return (
      <>
        <p className="faint">
          Verbatim, {formatCount(fragment.tokens)} tokens, {fragment.role.toLowerCase()},{' '}
          {formatMoment(fragment.createdAt)}, shard {fragment.shard.name}
        </p>
        <pre className="verbatim">{fragment.text}</pre>
      </>
    );
  }
  const { summary, children } = piece;
  return (
    <>
      <p className="faint">
        {formatCount(summary.tokens)} tokens for {formatCount(summary.originalTokens)}, fragments #
        {formatCount(summary.from)}-{formatCount(summary.through)}, level {summary.level}, made by {summary.method.name}{' '}
        {summary.method.version}, fidelity {(summary.fidelity * 100).toFixed(0)} %
      </p>
      <pre className="verbatim">{summary.text}</pre>
      <h3>Made from</h3>
      <ul className="piece-children">
        {children.map((child) => (
          <li key={child.id}>
            <button type="button" className="chip" onClick={() => onOpen(child)}>
              <span className="chip-name">{child.name}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
