/** What a request asks for. */
export interface RequestTarget {
  /** As it was sent: not decoded. */
  readonly path: string;
  /** Path and query. */
  readonly url: string;
  /** The host of a target that names one, as requests to a proxy do; it counts instead of the Host header. */
  readonly authority: string | undefined;
}

/**
 * Reads the target of a request line: a path, or an absolute http URL. Undefined for everything else, a path whose percent
 * signs mean nothing among it. Never throws: `new URL(target, base)` does, for `//:0` and many others.
 */
export function parseTarget(target: string | undefined): RequestTarget | undefined {
  if (target === undefined) return undefined;
  if (target.startsWith('/'))
    return isDecodable(target) ? { path: pathOf(target), url: target, authority: undefined } : undefined;
  if (!/^https?:\/\//i.test(target) || !URL.canParse(target)) return undefined;
  const { pathname, search, host } = new URL(target);
  if (!isDecodable(pathname)) return undefined;
  return { path: pathname, url: pathname + search, authority: host };
}

function pathOf(target: string): string {
  const end = target.search(/[?#]/);
  return end === -1 ? target : target.slice(0, end);
}

function isDecodable(target: string): boolean {
  if (!target.includes('%')) return true;
  try {
    decodeURIComponent(pathOf(target));
    return true;
  } catch {
    return false;
  }
}
