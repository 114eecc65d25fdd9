/** A place in the session that can be opened: a fragment, or a summary of many. */
export type Reference =
  | { readonly kind: 'fragment'; readonly id: string; readonly name: string }
  | { readonly kind: 'summary'; readonly id: string; readonly name: string };

interface Pointing {
  readonly fragment: { readonly id: string; readonly source: { readonly name: string | null } } | null;
  readonly summary: { readonly id: string } | null;
  readonly from?: number;
  readonly through?: number;
}

/** What a citation or a segment points at, null when it points at nothing that can be read. */
export function referenceOf(pointing: Pointing | undefined): Reference | null {
  if (pointing?.fragment) {
    return { kind: 'fragment', id: pointing.fragment.id, name: pointing.fragment.source.name ?? 'Conversation' };
  }
  if (pointing?.summary) return { kind: 'summary', id: pointing.summary.id, name: 'Summary' };
  return null;
}

/** The end of a long path, which tells more than its beginning. */
export function shortName(name: string): string {
  const parts = name.split('/');
  return parts.length <= 3 ? name : `…/${parts.slice(-2).join('/')}`;
}
