import { type ReactNode, useRef } from 'react';
import { ErrorNote } from '../error-note.tsx';
import { formatCount } from '../format.ts';
import { type ChosenFile, chosenFiles } from './dropped-files.ts';
import type { Appending } from './use-append.ts';

interface Props {
  readonly appending: Appending;
  readonly onFiles: (files: readonly ChosenFile[]) => void;
}

/** Chooses files for the session, and says what became of those that were chosen or dropped. */
export function AddFiles({ appending, onFiles }: Props): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  const { phase, progress, error } = appending;
  return (
    <div className="add-files">
      <button type="button" className="button" disabled={phase === 'running'} onClick={() => input.current?.click()}>
        Add files
      </button>
      <input
        ref={input}
        type="file"
        multiple
        className="visually-hidden"
        aria-label="Files to add"
        tabIndex={-1}
        onChange={(event) => {
          onFiles(chosenFiles(event.target.files ?? []));
          event.target.value = '';
        }}
      />
      <span className="faint">or drop files and folders on the page</span>
      {progress !== null && (
        <div role="status">
          {phase === 'running' && <progress aria-label="Files read" max={progress.totalFiles} value={progress.files} />}
          <p>
            {phase === 'running' ? 'Appending' : 'Appended'} {formatCount(progress.tokens)} tokens,{' '}
            {formatCount(progress.files - progress.leftOut.length)} of {formatCount(progress.totalFiles)} files
          </p>
          {progress.leftOut.length > 0 && (
            <p className="faint" title={progress.leftOut.join('\n')}>
              {formatCount(progress.leftOut.length)} left out: not text
            </p>
          )}
        </div>
      )}
      {error !== null && <ErrorNote error={error} />}
    </div>
  );
}
