/** A place of the page that has an address of its own. */
export type Route =
  | { readonly place: 'home' }
  | { readonly place: 'session'; readonly sessionId: string; readonly at: TurnPlace | null }
  | { readonly place: 'unknown'; readonly address: string };

/** A turn of a session, one of its answers, and a citation in it. */
export interface TurnPlace {
  /** Counts from 0, as in the graph. */
  readonly turn: number;
  /** Counts from 0; null for the latest. */
  readonly answer: number | null;
  readonly citation: number | null;
}

const SESSION =
  /^\/sessions\/(ses_[0-9a-f]{24})(?:\/turns\/(\d{1,9})(?:\/answers\/(\d{1,4}))?(?:\/citations\/(\d{1,3}))?)?\/?$/;
/** The form that addresses had before they could name more than a session. */
const BARE_SESSION = /^(ses_[0-9a-f]{24})$/;

/** The place that the part of an address behind its `#` names. */
export function parseRoute(fragment: string): Route {
  if (fragment === '' || fragment === '/') return { place: 'home' };
  const [, sessionId, turn, answer, citation] = SESSION.exec(fragment) ?? BARE_SESSION.exec(fragment) ?? [];
  if (sessionId === undefined) return { place: 'unknown', address: fragment };
  const at = turn === undefined ? null : { turn: Number(turn), answer: numberOf(answer), citation: numberOf(citation) };
  return { place: 'session', sessionId, at };
}

/** The address of a place, to be put behind `#`. */
export function formatRoute(route: Route): string {
  if (route.place === 'home') return '/';
  if (route.place === 'unknown') return route.address;
  const { sessionId, at } = route;
  const parts = ['/sessions', sessionId];
  if (at !== null) parts.push('turns', String(at.turn));
  if (at?.answer != null) parts.push('answers', String(at.answer));
  if (at?.citation != null) parts.push('citations', String(at.citation));
  return parts.join('/');
}

function numberOf(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits);
}
