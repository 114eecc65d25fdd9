/** Embeddings and overrides of direction, and what ends them; isolates, and what ends those. */
const CONTROL = /[\u202a-\u202e\u2066-\u2069]/g;
const [ENDS_EMBEDDING, ENDS_ISOLATE] = ['\u202c', '\u2069'];

/**
 * A text without those controls of direction that nothing in it ends, or that end nothing: what is written behind it would be shown
 * in the wrong direction. Linear.
 */
export function withClosedDirections(text: string): string {
  if (text.search(CONTROL) === -1) return text;
  const open: { readonly at: number; readonly end: string }[] = [];
  const left = new Set<number>();
  for (const { 0: control, index: at } of text.matchAll(CONTROL)) {
    if (control !== ENDS_EMBEDDING && control !== ENDS_ISOLATE)
      open.push({ at, end: control < ENDS_ISOLATE && control >= '\u2066' ? ENDS_ISOLATE : ENDS_EMBEDDING });
    else if (open.at(-1)?.end === control) open.pop();
    else left.add(at);
  }
  for (const { at } of open) left.add(at);
  return text.replace(CONTROL, (control, at: number) => (left.has(at) ? '' : control));
}
