import { createHash } from 'node:crypto';

/** What a page may load, beyond what every page of the gateway may: itself and nothing else, framed by nobody. */
export type PagePolicy = Readonly<Record<string, string>>;

const EVERY_PAGE: PagePolicy = {
  'default-src': "'none'",
  'connect-src': "'self'",
  'img-src': "'self' data:",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
};

/** The value of a page's Content-Security-Policy header. */
export function pagePolicy(more: PagePolicy): string {
  return Object.entries({ ...EVERY_PAGE, ...more })
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join('; ');
}

/** The sources that allow the inline scripts of `page` and no others: their hashes. */
export function inlineScripts(page: string): string {
  const hashes: string[] = [];
  // By position: the scripts of GraphiQL are megabytes, in which a search for anything else would find something.
  for (let at = page.indexOf('<script>'); at !== -1; at = page.indexOf('<script>', at)) {
    const start = at + '<script>'.length;
    const end = page.indexOf('</script>', start);
    if (end === -1) break;
    hashes.push(`'sha256-${createHash('sha256').update(page.slice(start, end)).digest('base64')}'`);
    at = end;
  }
  return hashes.join(' ');
}

/** The console's files: built, so that nothing in them is inline. */
export const CONSOLE_POLICY = pagePolicy({ 'script-src': "'self'", 'style-src': "'self'", 'font-src': "'self'" });
