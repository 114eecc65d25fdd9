import { describe, expect, it } from 'vitest';
import { clipMessage, MAXIMUM_MESSAGE_CHARACTERS } from './clip-message.ts';
import { ContractError, ERRORS, type ErrorCode } from './errors.ts';

describe('the text of an error', () => {
  it('is left as it is while it is short', () => {
    expect(clipMessage('x'.repeat(MAXIMUM_MESSAGE_CHARACTERS))).toBe('x'.repeat(MAXIMUM_MESSAGE_CHARACTERS));
  });

  it('keeps its beginning and its end when it is long', () => {
    const clipped = clipMessage(`$text is ${'x'.repeat(100_000)}, which is no date`);
    expect(clipped).toMatch(/^\$text is x+ … x+, which is no date$/);
    expect(clipped).toHaveLength(MAXIMUM_MESSAGE_CHARACTERS);
  });

  it.each(['😀', '\ud800', 'a\udc00'])('is well-formed wherever %j is cut', (character) => {
    for (let shift = 0; shift < 4; shift++) {
      const clipped = clipMessage('x'.repeat(shift) + character.repeat(300) + 'x'.repeat(shift));
      expect(clipped.isWellFormed()).toBe(true);
      expect(clipped.length).toBeLessThanOrEqual(MAXIMUM_MESSAGE_CHARACTERS);
    }
    expect(clipMessage(character).isWellFormed()).toBe(true);
  });

  const long = 'x'.repeat(1_000);
  const isCallers = (code: string) => ERRORS[code as ErrorCode].status < 500;

  it.each(Object.keys(ERRORS).filter(isCallers))('of %s never repeats much of what a caller sent', (code) => {
    const { message, details } = new ContractError(code as ErrorCode, long, { argument: long, count: 1 });
    expect(message).toHaveLength(MAXIMUM_MESSAGE_CHARACTERS);
    expect(details).toEqual({ argument: clipMessage(long), count: 1 });
  });

  it('says all that is to be said of a fault of ours: which file, which row, what to do', () => {
    expect(new ContractError('STORAGE_CORRUPT', long, { file: long })).toMatchObject({ message: long });
  });
});
