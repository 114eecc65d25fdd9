import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../test/support/cpu-time.ts';
import { askedTerms } from './question-terms.ts';
import { shortenAround } from './shorten-around.ts';

const FILLING = 'and the clerk went on and on about the weather of the day '.repeat(12);

describe('shortenAround', () => {
  it('leaves a short text, and the start of a long one that has nothing of what is asked elsewhere', () => {
    const asked = askedTerms('What is the name of the new meeting room?');
    expect(shortenAround('The meeting room is blue.', asked, 400)).toBe('The meeting room is blue.');
    expect(shortenAround(`The meeting room is Albatross, ${FILLING}`, asked, 400)).toMatch(
      /^The meeting room is Albatross, .* …$/,
    );
  });

  it('shows the end where the answer stands there, cut between words', () => {
    const asked = askedTerms('What is the name of the new meeting room?');
    const shown = shortenAround(`The clerk spoke, ${FILLING}of the new meeting room, which is Albatross.`, asked, 400);
    expect(shown).toMatch(/^… \p{L}.* of the new meeting room, which is Albatross\.$/u);
    expect(shown.length).toBeLessThanOrEqual(400);
    expect(`x ${FILLING}`).toContain(` ${shown.slice(2).split(' ').slice(0, 5).join(' ')} `);
  });

  it('shows the middle, and in it the thing of the kind that is asked for', () => {
    const asked = askedTerms('Which port has the ledger?');
    const text = `The ledger is old, ${FILLING}its port being 7443 for the ledger, ${FILLING}`;
    const shown = shortenAround(text, asked, 400);
    expect(shown).toMatch(/^… .*its port being 7443 for the ledger.* …$/);
    expect(text).toContain(shown.slice(2, -2));
  });

  it('parts no character of a text without blanks, and takes no time', () => {
    const asked = askedTerms('服务器端口是多少？');
    const shown = shortenAround(`${'😀猫睡了'.repeat(300)}服务器端口是7443${'😀猫睡了'.repeat(300)}`, asked, 400);
    expect(shown).toContain('服务器端口是7443');
    expect(shown.isWellFormed()).toBe(true);
    expect(shown.length).toBeLessThanOrEqual(400);
    const words = Array.from({ length: 4_000 }, (_, at) => `w${(at * 7_919).toString(36)}x`);
    const many = askedTerms(words.join(' '));
    expect(cpuMs(() => shortenAround(words.join(' '), many, 400))).toBeLessThan(100);
  });
});
