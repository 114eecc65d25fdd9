import { MAXIMUM_FORWARDED_CHARACTERS } from '../forwarded.ts';
import { CALLER_VALUES } from '../request-context.ts';

/**
 * What is kept of connection parameters, for as long as their socket is open: what is looked for in them later, and of that no
 * more than it takes to see that it is too long.
 */
export function keptParameters(given: Readonly<Record<string, unknown>>): Record<string, string | number> {
  const kept: Record<string, string | number> = {};
  for (const name of CALLER_VALUES) {
    const value = given[name];
    if (typeof value === 'string') kept[name] = copyBeginning(value);
    if (typeof value === 'number') kept[name] = value;
  }
  return kept;
}

/** A part of a text keeps all of it in memory, a copy does not. */
function copyBeginning(text: string): string {
  return Buffer.from(text.slice(0, MAXIMUM_FORWARDED_CHARACTERS + 1), 'utf16le').toString('utf16le');
}
