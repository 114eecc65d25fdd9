import type { ReactNode } from 'react';
import type { ShownError } from './describe-error.ts';

interface Props {
  readonly error: ShownError;
  readonly onRetry?: () => void;
}

/** What went wrong, its code, and what to do about it. */
export function ErrorNote({ error, onRetry }: Props): ReactNode {
  return (
    <div className="note note-error" role="alert">
      <p>
        <strong>{error.message}</strong> <code>{error.code}</code>
      </p>
      {error.remedy !== null && <p className="faint">{error.remedy}</p>}
      {onRetry && (
        <button type="button" className="button quiet" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
