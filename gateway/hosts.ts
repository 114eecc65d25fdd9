import { isIP } from 'node:net';

const HOST = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i;

/**
 * A host as a Host header, a setting or a socket names it, read as browsers read it: without case, numbers in their one
 * form, the scheme's own port left out. Undefined when it is none.
 */
export function canonicalHost(host: string, protocol = 'http:'): URL | undefined {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(host)?.[1];
  const bare = mapped ?? (isIP(host) === 6 ? `[${host.split('%')[0]}]` : host);
  if (!HOST.test(bare)) return undefined;
  const href = `${protocol}//${bare}/`;
  return URL.canParse(href) ? new URL(href) : undefined;
}

/** Whether a host, with or without brackets, is this machine whatever its network: names under localhost, 127.0.0.0/8, ::1. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1' || name === '[::1]') return true;
  return isIP(name) === 4 && name.startsWith('127.');
}

/** Whether an address to listen on means all addresses of the machine. */
export function isWildcard(host: string): boolean {
  const name = canonicalHost(host)?.hostname;
  return name === '0.0.0.0' || name === '[::]';
}
