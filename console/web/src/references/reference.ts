import type { CitationFieldsFragment } from '@supercontext/client';
import { claimOf } from './find-cited.ts';

/** A place in the session that can be opened: a fragment, or a summary of many. */
export type Reference =
  | {
      readonly kind: 'fragment';
      readonly id: string;
      readonly name: string;
      /** Its position in the session's log, null where that is not known: the same text may stand in several. */
      readonly position: number | null;
      readonly cited: Cited | null;
    }
  | { readonly kind: 'summary'; readonly id: string; readonly name: string };

/** Why a citation leads to a fragment. */
export interface Cited {
  /** What the model saw of it. */
  readonly shown: string;
  /** What the answer says about it. */
  readonly claim: string;
  /** What it quotes of it, letter for letter; none where it tells in words of its own. */
  readonly quotes: readonly string[];
}

interface Pointing {
  readonly fragment: { readonly id: string; readonly source: { readonly name: string | null } } | null;
  readonly summary: { readonly id: string } | null;
  /** First log position covered. */
  readonly from?: number;
}

/** What a citation or a segment points at, null when it points at nothing that can be read. */
export function referenceOf(pointing: Pointing | undefined): Reference | null {
  if (pointing?.fragment) {
    const { id, source } = pointing.fragment;
    return { kind: 'fragment', id, name: nameOf(source), position: pointing.from ?? null, cited: null };
  }
  if (pointing?.summary) return { kind: 'summary', id: pointing.summary.id, name: 'Summary' };
  return null;
}

/** What a citation of an answer points at, with what is to be highlighted there. */
export function citedBy(answer: string, citation: CitationFieldsFragment): Reference | null {
  const reference = referenceOf({ ...citation, from: citation.segment.from });
  if (reference?.kind !== 'fragment') return reference;
  return {
    ...reference,
    cited: { shown: citation.text, claim: claimOf(answer, citation.number), quotes: citation.quotes },
  };
}

export function nameOf({ name }: { readonly name: string | null }): string {
  return name ?? 'Conversation';
}

/** The end of a long path, which tells more than its beginning. */
export function shortName(name: string): string {
  const parts = name.split('/');
  return parts.length <= 3 ? name : `…/${parts.slice(-2).join('/')}`;
}
