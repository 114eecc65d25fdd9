import { safeCut } from '@supercontext/text/safe-cut.ts';
import { countTokens } from '@supercontext/tokens/count-tokens.ts';

/**
 * As much of `text` as fits `maximumTokens`, from about character `from` on, cut where it parts no word. The whole text when
 * it fits.
 */
export function clipText(text: string, maximumTokens: number, from = 0): string {
  const whole = countTokens(text);
  if (whole <= maximumTokens) return text;
  let length = Math.floor((text.length / whole) * maximumTokens);
  // What was asked for may be the last of it: then the beginning gives way.
  const isEnd = from >= text.length - length;
  while (length > 0) {
    const latest = isEnd ? text.length - length : from;
    const start = latest <= 0 ? 0 : safeCut(text, latest, 0);
    const clipped = text.slice(start, isEnd ? text.length : safeCut(text, start + length, start));
    if (countTokens(clipped) <= maximumTokens) return clipped.trim();
    length = Math.floor(length * 0.85);
  }
  return '';
}
