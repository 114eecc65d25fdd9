const SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:']);

/**
 * The address that a text wants to lead to, null where a page must not go: to script, to data, into a file, and to this page
 * itself, whose addresses do things here.
 */
export function safeHref(address: string | undefined): string | null {
  if (address === undefined || !URL.canParse(address)) return null;
  const { protocol, href } = new URL(address);
  return SCHEMES.has(protocol) ? href : null;
}
