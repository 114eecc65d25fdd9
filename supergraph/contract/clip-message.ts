/** UTF-16 units of an error's text about what a caller sent: enough to find the place, too little to send it all back. */
export const MAXIMUM_MESSAGE_CHARACTERS = 200;

const BEGINNING_CHARACTERS = 120;
const GAP = ' … ';
const END_CHARACTERS = MAXIMUM_MESSAGE_CHARACTERS - BEGINNING_CHARACTERS - GAP.length;

/**
 * A short text as it is; of a long one its beginning and its end, since errors say at their beginning what they are about and
 * at their end what is wrong with it. Well-formed, at most MAXIMUM_MESSAGE_CHARACTERS.
 */
export function clipMessage(text: string): string {
  if (text.length <= MAXIMUM_MESSAGE_CHARACTERS) return text.toWellFormed();
  return `${text.slice(0, BEGINNING_CHARACTERS)}${GAP}${text.slice(-END_CHARACTERS)}`.toWellFormed();
}
