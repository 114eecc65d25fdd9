import { type ReactNode, useEffect, useLayoutEffect, useRef } from 'react';

interface Props {
  readonly name: string;
  /** How it looks: in the middle of the page, or along one of its sides. */
  readonly shape?: 'middle' | 'left' | 'right';
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/**
 * A modal dialog. Escape, its button and a click beside it close it; the focus goes back to where it was, also when the dialog
 * goes because its page went elsewhere.
 */
export function Dialog({ name, shape = 'middle', onClose, children }: Props): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const closed = useRef(onClose);

  useEffect(() => {
    closed.current = onClose;
  }, [onClose]);

  useLayoutEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    const tell = () => closed.current();
    element.addEventListener('close', tell);
    element.setAttribute('closedby', 'any');
    element.showModal();
    // Else its first button has the focus, as the browser gives it.
    element.querySelector<HTMLInputElement>('input[data-first]')?.select();
    return () => {
      element.removeEventListener('close', tell);
      element.close();
    };
  }, []);

  return (
    <dialog ref={dialog} className={`dialog dialog-${shape}`} aria-label={name}>
      <header className="dialog-head">
        <h2 className="clamped" title={name}>
          {name}
        </h2>
        <button type="button" className="button quiet" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </header>
      {children}
    </dialog>
  );
}
