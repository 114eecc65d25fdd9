import { type ReactNode, useCallback, useEffect, useRef } from 'react';
import { useClient } from '../connection/connection-context.ts';
import { ErrorNote } from '../error-note.tsx';
import { formatCount, formatMoment } from '../format.ts';
import { useLoaded } from '../use-loaded.ts';
import { type LoadedReference, loadReference } from './load-reference.ts';
import type { Reference } from './reference.ts';

interface Props {
  readonly reference: Reference;
  readonly onOpen: (reference: Reference) => void;
  readonly onClose: () => void;
}

/** The verbatim text that a reference stands for; a summary leads down to what it was made from. */
export function ReferenceDialog({ reference, onOpen, onClose }: Props): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);

  useEffect(() => {
    dialog.current?.showModal();
  }, []);

  return (
    <dialog ref={dialog} className="reference" aria-label={reference.name} onClose={onClose}>
      <header className="reference-head">
        <h2>{reference.name}</h2>
        <button type="button" className="button quiet" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </header>
      <Body key={reference.id} reference={reference} onOpen={onOpen} />
    </dialog>
  );
}

function Body({ reference, onOpen }: Pick<Props, 'reference' | 'onOpen'>): ReactNode {
  const client = useClient();
  const [loaded, retry] = useLoaded(
    useCallback((signal) => loadReference(client, reference, signal), [client, reference]),
  );
  if (loaded.phase === 'loading') return <p className="hint">Loading…</p>;
  if (loaded.phase === 'failed') return <ErrorNote error={loaded.error} onRetry={retry} />;
  return <Text reference={loaded.value} onOpen={onOpen} />;
}

function Text({
  reference,
  onOpen,
}: {
  reference: LoadedReference;
  onOpen: (reference: Reference) => void;
}): ReactNode {
  if (reference.kind === 'fragment') {
    const { fragment } = reference;
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
  const { summary, children } = reference;
  return (
    <>
      <p className="faint">
        {formatCount(summary.tokens)} tokens for {formatCount(summary.originalTokens)}, fragments #
        {formatCount(summary.from)}-{formatCount(summary.through)}, level {summary.level}, made by {summary.method.name}{' '}
        {summary.method.version}, fidelity {(summary.fidelity * 100).toFixed(0)} %
      </p>
      <pre className="verbatim">{summary.text}</pre>
      <h3>Made from</h3>
      <ul className="reference-children">
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
