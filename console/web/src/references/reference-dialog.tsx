import { type ReactNode, useCallback } from 'react';
import { useClient } from '../connection/connection-context.ts';
import { Dialog } from '../dialog.tsx';
import { ErrorNote } from '../error-note.tsx';
import { formatCount } from '../format.ts';
import { useLoaded } from '../use-loaded.ts';
import { FragmentText } from './fragment-text.tsx';
import type { LogReader } from './load-neighbours.ts';
import { type LoadedReference, loadReference } from './load-reference.ts';
import type { Reference } from './reference.ts';

interface Props {
  readonly reference: Reference;
  readonly log: LogReader;
  readonly onOpen: (reference: Reference) => void;
  readonly onClose: () => void;
}

/** The verbatim text that a reference stands for, with what is cited of it; a summary leads down to what it was made from. */
export function ReferenceDialog({ reference, log, onOpen, onClose }: Props): ReactNode {
  return (
    <Dialog name={reference.name} onClose={onClose}>
      <Body key={reference.id} reference={reference} log={log} onOpen={onOpen} />
    </Dialog>
  );
}

function Body({ reference, log, onOpen }: Omit<Props, 'onClose'>): ReactNode {
  const client = useClient();
  const [loaded, retry] = useLoaded(
    useCallback((signal) => loadReference(client, reference, signal), [client, reference]),
  );
  if (loaded.phase === 'loading') return <p className="hint">Loading…</p>;
  if (loaded.phase === 'failed') return <ErrorNote error={loaded.error} onRetry={retry} />;
  if (loaded.value.kind === 'summary') return <SummaryText {...loaded.value} onOpen={onOpen} />;
  const { position, cited } = reference.kind === 'fragment' ? reference : { position: null, cited: null };
  return <FragmentText fragment={loaded.value.fragment} position={position} cited={cited} log={log} />;
}

type SummaryProps = Extract<LoadedReference, { kind: 'summary' }> & Pick<Props, 'onOpen'>;

function SummaryText({ summary, children, onOpen }: SummaryProps): ReactNode {
  return (
    <div className="dialog-body">
      <p className="faint">
        {formatCount(summary.tokens)} tokens for {formatCount(summary.originalTokens)}, fragments #
        {formatCount(summary.from)}-{formatCount(summary.through)}, level {summary.level}, made by {summary.method.name}{' '}
        {summary.method.version}, fidelity {(summary.fidelity * 100).toFixed(0)} %
      </p>
      <p className="verbatim">{summary.text}</p>
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
    </div>
  );
}
