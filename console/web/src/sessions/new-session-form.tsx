import { type FormEvent, type ReactNode, useState } from 'react';
import { ErrorNote } from '../error-note.tsx';
import { useAction } from '../use-action.ts';

interface Props {
  readonly onOpen: (title: string) => Promise<unknown>;
}

export const LONGEST_TITLE = 200;

export function NewSessionForm({ onOpen }: Props): ReactNode {
  const [title, setTitle] = useState('');
  const [opening, open] = useAction(async () => {
    await onOpen(title.trim());
    setTitle('');
  });

  function submit(event: FormEvent): void {
    event.preventDefault();
    void open();
  }

  return (
    <form className="new-session" onSubmit={submit}>
      <input
        aria-label="Title of the new session"
        placeholder="Title, if you like"
        maxLength={LONGEST_TITLE}
        value={title}
        onChange={(event) => setTitle(event.target.value)}
      />
      <button type="submit" className="button primary" disabled={opening.busy}>
        New session
      </button>
      {opening.error !== null && <ErrorNote error={opening.error} />}
    </form>
  );
}
