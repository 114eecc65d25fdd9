import { useCallback, useSyncExternalStore } from 'react';

/** Whether the window is as a media query says. */
export function useMedia(query: string): boolean {
  const listen = useCallback(
    (listener: () => void) => {
      const list = window.matchMedia(query);
      list.addEventListener('change', listener);
      return () => list.removeEventListener('change', listener);
    },
    [query],
  );
  return useSyncExternalStore(listen, () => window.matchMedia(query).matches);
}

/** No room for the sessions beside the conversation; as in layout.css. */
export const NARROW = '(max-width: 760px)';
/** No room for the context map beside the conversation; as in layout.css. */
export const WITHOUT_ASIDE = '(max-width: 1180px)';
