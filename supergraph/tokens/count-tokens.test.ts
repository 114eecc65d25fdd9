import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { countTokens as countWithLibrary } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../test/support/cpu-time.ts';
import { countTokens, countTokensInSteps } from './count-tokens.ts';
import { countMerged } from './merge-bytes.ts';

const AS_TEXT = { disallowedSpecial: new Set<string>() };
const NODE_MODULES = join(import.meta.dirname, '../../node_modules');

describe('countTokens', () => {
  it.each(['fastify/README.md', 'graphql/execution/execute.js', 'undici/README.md'])(
    'agrees with the library on %s',
    (file) => {
      const text = readFileSync(join(NODE_MODULES, file), 'utf8');
      expect(countTokens(text)).toBe(countWithLibrary(text, AS_TEXT));
    },
  );

  it('agrees with the library on any text, twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
        const expected = countWithLibrary(text, AS_TEXT);
        expect(countTokens(text)).toBe(expected);
        expect(countTokens(text)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('counts a long word in steps, none of them long, to the same number', () => {
    const text = `one ${' '.repeat(200_000)} two`;
    const steps = countTokensInSteps(text);
    let taken = 0;
    for (;;) {
      const { done, value } = steps.next();
      taken++;
      if (!done) continue;
      expect(value).toBe(countTokens(text));
      break;
    }
    expect(taken).toBeGreaterThan(40);
  });

  it('takes a byte order mark as the one token it is', () => {
    expect(countTokens('\u{feff}')).toBe(1);
  });

  it('takes the name of a special token as text', () => {
    expect(countTokens('<|endoftext|>')).toBeGreaterThan(1);
  });

  it('merges a long part exactly as the library does', () => {
    const unit = fc.constantFrom('a', 'th', 'ing', 'é', '好', '=', 'ß', 'e', 'r', 'ation');
    fc.assert(
      fc.property(fc.array(unit, { minLength: 1, maxLength: 300 }), (units) => {
        for (const word of units.join('').match(/\p{L}+|=+/gu) ?? []) {
          if (word.length > 1) expect(countMerged(word)).toBe(countWithLibrary(word, AS_TEXT));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('counts a megabyte without a space in seconds', () => {
    const count = () => expect(countTokens('loremipsumdolor'.repeat(70_000))).toBeGreaterThan(100_000);
    expect(cpuMs(count, 1)).toBeLessThan(5_000);
  });
});
