import { stripVTControlCharacters } from 'node:util';
import { GraphRequestError } from '@supercontext/client';

/** An error on one line: its code, what happened, and what to do about it. */
export function describeError(error: unknown): string {
  if (error instanceof GraphRequestError) {
    const { code, message, remedy } = error;
    return oneLine(`${code}: ${message}${remedy === undefined ? '' : ` (${remedy})`}`);
  }
  return oneLine(error instanceof Error ? error.message : String(error));
}

/** Without colours: citty paints its messages whatever they are written to. */
function oneLine(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\n\s*/g, ' ');
}
