import { countTokens } from '../split/count-tokens.ts';

/**
 * As much of `text` as fits `maximumTokens`, from about character `around` on, cut at a blank where there is one near. The
 * whole text when it fits.
 */
export function clipText(text: string, maximumTokens: number, around = 0): string {
  const whole = countTokens(text);
  if (whole <= maximumTokens) return text;
  let length = Math.floor((text.length / whole) * maximumTokens);
  const from = wholeCharacter(text, Math.max(0, Math.min(around - Math.floor(length / 4), text.length - length)));
  while (length > 0) {
    const clipped = text.slice(from, atBlank(text, from, from + length));
    if (countTokens(clipped) <= maximumTokens) return clipped.trim();
    length = Math.floor(length * 0.85);
  }
  return '';
}

function atBlank(text: string, from: number, to: number): number {
  if (to >= text.length) return text.length;
  const blank = text.lastIndexOf(' ', to);
  return blank > from + (to - from) / 2 ? blank : wholeCharacter(text, to);
}

function wholeCharacter(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return at > 0 && code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}
