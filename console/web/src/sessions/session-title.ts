import type { SessionFieldsFragment } from '@supercontext/client';

export function titleOf({ title, id }: Pick<SessionFieldsFragment, 'title' | 'id'>): string {
  return title ?? `Untitled ${id.slice(-4)}`;
}
