import { useCallback, useEffect, useState } from 'react';
import { describeError, type ShownError } from './describe-error.ts';

export type Loaded<Value> =
  | { readonly phase: 'loading' }
  | { readonly phase: 'failed'; readonly error: ShownError }
  | { readonly phase: 'loaded'; readonly value: Value };

/** Loads something now, again whenever `load` changes, and on demand; what comes too late is dropped. */
export function useLoaded<Value>(load: (signal: AbortSignal) => Promise<Value>): [Loaded<Value>, () => void] {
  const [loaded, setLoaded] = useState<Loaded<Value>>({ phase: 'loading' });
  const [again, setAgain] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `again` is there to load once more.
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    setLoaded((before) => (before.phase === 'failed' ? { phase: 'loading' } : before));
    load(signal).then(
      (value) => {
        if (!signal.aborted) setLoaded({ phase: 'loaded', value });
      },
      (error: unknown) => {
        if (!signal.aborted) setLoaded({ phase: 'failed', error: describeError(error) });
      },
    );
    return () => controller.abort();
  }, [load, again]);
  return [loaded, useCallback(() => setAgain((count) => count + 1), [])];
}
