import type { ReactNode } from 'react';
import { ErrorNote } from '../error-note.tsx';
import { formatCount } from '../format.ts';
import type { Appending } from './use-appends.ts';

interface Props {
  readonly appending: Appending;
  readonly onStop: () => void;
  readonly onForget: () => void;
}

/** A page need not be longer than anybody reads. */
const MOST_SHOWN = 500;
const SAYS = { running: 'Appending', done: 'Appended', stopped: 'Stopped after', failed: 'Failed after' } as const;

/** How far appending is, and what was left out and why, file by file. */
export function AppendReport({ appending: { phase, progress, error }, onStop, onForget }: Props): ReactNode {
  const { files, totalFiles, tokens, leftOut } = progress;
  return (
    <section className="append-report" aria-label="Files being added">
      <div className="append-line">
        <p role="status">
          {SAYS[phase]} {formatCount(tokens)} tokens, {formatCount(files)} of {formatCount(totalFiles)}{' '}
          {totalFiles === 1 ? 'file' : 'files'} read
        </p>
        <button type="button" className="button quiet" onClick={phase === 'running' ? onStop : onForget}>
          {phase === 'running' ? 'Stop' : 'Dismiss'}
        </button>
      </div>
      {phase === 'running' && <progress aria-label="Files read" max={totalFiles} value={files} />}
      {error !== null && <ErrorNote error={error} />}
      {leftOut.length > 0 && (
        <details>
          <summary>{formatCount(leftOut.length)} left out</summary>
          <ul className="left-out">
            {leftOut.slice(0, MOST_SHOWN).map(({ path, why }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the list only grows at its end, and a path may come twice.
              <li key={index}>
                <span className="left-out-path">{path}</span> <span className="faint">{why}</span>
              </li>
            ))}
          </ul>
          {leftOut.length > MOST_SHOWN && <p className="faint">and {formatCount(leftOut.length - MOST_SHOWN)} more</p>}
        </details>
      )}
    </section>
  );
}
