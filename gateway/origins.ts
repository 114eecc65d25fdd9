/** Stands for every origin in a list of them. */
export const ANY_ORIGIN = '*';

/**
 * The one form of an origin: scheme and host in small letters, the scheme's own port left out. Undefined for what is none:
 * `null`, which sandboxed frames and files send, and URLs with a path.
 */
export function canonicalOrigin(origin: string): string | undefined {
  if (!URL.canParse(origin)) return undefined;
  const { protocol, host, pathname, search, hash, username, password } = new URL(origin);
  const isMore = pathname.length > 1 || search + hash + username + password !== '';
  return host === '' || isMore ? undefined : `${protocol}//${host.toLowerCase()}`;
}
