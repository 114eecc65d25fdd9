import { type ReactNode, useRef } from 'react';
import { type Chosen, chosenFiles } from './dropped-files.ts';

/** Chooses files for the session. */
export function AddFiles({ onFiles }: { readonly onFiles: (chosen: Chosen) => void }): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        className="button"
        title="Or drop files and folders on the page"
        onClick={() => input.current?.click()}
      >
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
    </>
  );
}
