import {
  type FragmentFieldsFragment,
  FragmentsDocument,
  type GraphClient,
  GraphRequestError,
  type SummaryFieldsFragment,
  SummaryWithChildrenDocument,
} from '@supercontext/client';
import type { Piece } from './piece.ts';

export type LoadedPiece =
  | { readonly kind: 'fragment'; readonly fragment: FragmentFieldsFragment }
  | {
      readonly kind: 'summary';
      readonly summary: SummaryFieldsFragment;
      /** What it was made from, down to fragments. */
      readonly children: readonly Piece[];
    };

/** Reads what a piece stands for. @throws GraphRequestError FRAGMENT_MISSING when it is not there, and the platform's own. */
export async function loadPiece(client: GraphClient, piece: Piece, signal: AbortSignal): Promise<LoadedPiece> {
  if (piece.kind === 'fragment') {
    const [fragment] = (await client.query(FragmentsDocument, { ids: [piece.id] }, { signal })).fragments;
    if (!fragment) throw missing(piece);
    return { kind: 'fragment', fragment };
  }
  const { summaries } = await client.query(SummaryWithChildrenDocument, { id: piece.id }, { signal });
  const [found] = summaries;
  if (!found) throw missing(piece);
  const { children, ...summary } = found;
  return {
    kind: 'summary',
    summary,
    children: children.map((child) =>
      child.__typename === 'Fragment'
        ? { kind: 'fragment', id: child.id, name: child.source.name ?? 'Conversation' }
        : { kind: 'summary', id: child.id, name: `#${child.from}-${child.through}` },
    ),
  };
}

function missing({ id }: Piece): GraphRequestError {
  return new GraphRequestError('FRAGMENT_MISSING', 'the store lacks this piece', {
    retryable: true,
    remedy: 'Try again; if it stays, restore the store from a backup.',
    details: { id },
  });
}
