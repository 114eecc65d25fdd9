import { useRef, useState } from 'react';
import { describeError, type ShownError } from './describe-error.ts';

export interface Action {
  readonly busy: boolean;
  readonly error: ShownError | null;
}

/** Something that is done on demand, once at a time, and says how it went. Never throws. */
export function useAction<Arguments extends readonly unknown[]>(
  act: (...input: Arguments) => Promise<void>,
): [Action, (...input: Arguments) => Promise<void>] {
  const [action, setAction] = useState<Action>({ busy: false, error: null });
  const busy = useRef(false);
  async function run(...input: Arguments): Promise<void> {
    if (busy.current) return;
    busy.current = true;
    setAction({ busy: true, error: null });
    try {
      await act(...input);
      setAction({ busy: false, error: null });
    } catch (error) {
      setAction({ busy: false, error: describeError(error) });
    } finally {
      busy.current = false;
    }
  }
  return [action, run];
}
