import type { ReactNode } from 'react';
import type { SessionsWanted } from './load-sessions.ts';
import { LONGEST_TITLE } from './new-session-form.tsx';

interface Props {
  readonly wanted: SessionsWanted;
  readonly onChange: (wanted: SessionsWanted) => void;
}

/** Which sessions the list shows: those with these words in their titles, archived or not. */
export function SessionFilter({ wanted, onChange }: Props): ReactNode {
  return (
    <search className="session-filter">
      <input
        type="search"
        aria-label="Words of the title"
        placeholder="Find…"
        maxLength={LONGEST_TITLE}
        value={wanted.title}
        onChange={(event) => onChange({ ...wanted, title: event.target.value })}
      />
      <label className="check">
        <input
          type="checkbox"
          checked={wanted.archived}
          onChange={(event) => onChange({ ...wanted, archived: event.target.checked })}
        />
        Archived
      </label>
    </search>
  );
}
