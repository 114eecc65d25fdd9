import { type FormEvent, type ReactNode, useState } from 'react';
import { describeError, type ShownError } from '../describe-error.ts';
import { ErrorNote } from '../error-note.tsx';

interface Props {
  readonly onOpen: (title: string) => Promise<void>;
}

const LONGEST_TITLE = 200;

export function NewSessionForm({ onOpen }: Props): ReactNode {
  const [title, setTitle] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ShownError | null>(null);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await onOpen(title.trim());
      setTitle('');
    } catch (failure) {
      setError(describeError(failure));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form className="new-session" onSubmit={(event) => void submit(event)}>
      <input
        aria-label="Title of the new session"
        placeholder="Title, if you like"
        maxLength={LONGEST_TITLE}
        value={title}
        onChange={(event) => setTitle(event.target.value)}
      />
      <button type="submit" className="button primary" disabled={busy}>
        New session
      </button>
      {error !== null && <ErrorNote error={error} />}
    </form>
  );
}
