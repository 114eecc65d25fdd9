/** Nothing may be loaded, and nobody may frame it: the policy of every answer that is no page. */
const NO_PAGE = "default-src 'none'; frame-ancestors 'none'";

/**
 * On every answer of every process: a browser takes it for what it says it is, tells nobody where it came from, and shows
 * it in nobody's frame. Pages name a policy of their own.
 */
export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': NO_PAGE,
};
