/** A text of more pieces than this many windows is cut off: nothing of the platform is so long. */
const MOST_WINDOWS = 64;
/** What marks the beginning and the end of a window. */
const MARKS = 2;

/**
 * Cuts the pieces of a text into windows of at most `windowPieces`, marks included: as few as there must be, of about equal length,
 * so that the last one is not a few words alone. At least one, of marks only, for a text without a word.
 */
export function cutWindows(
  pieces: readonly number[],
  { windowPieces, first, last }: { readonly windowPieces: number; readonly first: number; readonly last: number },
): number[][] {
  const room = windowPieces - MARKS;
  const kept = Math.min(pieces.length, room * MOST_WINDOWS);
  const count = Math.max(1, Math.ceil(kept / room));
  return Array.from({ length: count }, (_, at) => {
    const [from, to] = [Math.floor((kept * at) / count), Math.floor((kept * (at + 1)) / count)];
    return [first, ...pieces.slice(from, to), last];
  });
}
