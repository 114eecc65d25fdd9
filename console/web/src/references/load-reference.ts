import {
  type FragmentFieldsFragment,
  FragmentsDocument,
  type GraphClient,
  GraphRequestError,
  type SummaryFieldsFragment,
  SummaryWithChildrenDocument,
} from '@supercontext/client';
import { nameOf, type Reference } from './reference.ts';

export type LoadedReference =
  | { readonly kind: 'fragment'; readonly fragment: FragmentFieldsFragment }
  | {
      readonly kind: 'summary';
      readonly summary: SummaryFieldsFragment;
      /** What it was made from, down to fragments. */
      readonly children: readonly Reference[];
    };

/** Reads what a reference stands for. @throws GraphRequestError FRAGMENT_MISSING when it is not there, and the platform's own. */
export async function loadReference(
  client: GraphClient,
  reference: Reference,
  signal: AbortSignal,
): Promise<LoadedReference> {
  if (reference.kind === 'fragment') {
    const [fragment] = (await client.query(FragmentsDocument, { ids: [reference.id] }, { signal })).fragments;
    if (!fragment) throw missing(reference);
    return { kind: 'fragment', fragment };
  }
  const { summaries } = await client.query(SummaryWithChildrenDocument, { id: reference.id }, { signal });
  const [found] = summaries;
  if (!found) throw missing(reference);
  const { children, ...summary } = found;
  return {
    kind: 'summary',
    summary,
    children: children.flatMap((child) => {
      // One that is damaged; the others may be whole.
      if (child === null) return [];
      return child.__typename === 'Fragment'
        ? { kind: 'fragment', id: child.id, name: nameOf(child.source), position: null, cited: null }
        : { kind: 'summary', id: child.id, name: `#${child.from}-${child.through}` };
    }),
  };
}

function missing({ id }: Reference): GraphRequestError {
  return new GraphRequestError('FRAGMENT_MISSING', 'the store lacks this reference', {
    retryable: true,
    remedy: 'Try again; if it stays, restore the store from a backup.',
    details: { id },
  });
}
