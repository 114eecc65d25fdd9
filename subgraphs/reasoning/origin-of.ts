import type { Segment } from '@supercontext/contract';
import { safeCut } from '@supercontext/text/safe-cut.ts';

/** A path says more at its end. */
const MAXIMUM_NAME_CHARACTERS = 120;

/**
 * Where a segment is from, in the words that stand beside it: its path or title, who said it and on which day, and whether it is an
 * answer of earlier. Null where nothing is known of it.
 */
export function originOf({ source, speaker, occurredAtMs, modelWritten }: Segment): string | null {
  const parts = [
    source?.name == null ? null : shortened(source.name),
    speaker,
    occurredAtMs === null ? null : new Date(occurredAtMs).toISOString().slice(0, 10),
    modelWritten ? 'an earlier answer' : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(', ');
}

function shortened(name: string): string {
  const line = name.replaceAll(/\s+/g, ' ');
  if (line.length <= MAXIMUM_NAME_CHARACTERS) return line;
  return `…${line.slice(safeCut(line, line.length - MAXIMUM_NAME_CHARACTERS, 0))}`;
}
