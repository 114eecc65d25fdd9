import { useMemo, useSyncExternalStore } from 'react';
import { formatRoute, parseRoute, type Route } from './route.ts';

/** Where the page is; changes as its reader follows links and goes back and forward. */
export function useRoute(): Route {
  const fragment = useSyncExternalStore(onChange, () => window.location.hash.slice(1));
  return useMemo(() => parseRoute(fragment), [fragment]);
}

/** The address of a place, for a link. */
export function hrefOf(route: Route): string {
  return `#${formatRoute(route)}`;
}

/** Goes to a place, to which one can come back from the next. */
export function goTo(route: Route): void {
  window.location.hash = formatRoute(route);
}

/** Goes to a place instead of the one where the page is. */
export function replaceBy(route: Route): void {
  window.history.replaceState(null, '', hrefOf(route));
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

function onChange(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}
