import { describe, expect, it } from 'vitest';
import { checkFidelity } from './check-fidelity.ts';

const ORIGINAL = 'The pump of Reactor Nine runs at 40 bar. It must not exceed 55 bar. The weather was fine.';

describe('checking fidelity', () => {
  it('gives 1 to the text itself and to a text without facts', () => {
    expect(checkFidelity(ORIGINAL, ORIGINAL)).toBe(1);
    expect(checkFidelity('the weather was fine', 'fine weather')).toBe(1);
  });

  it('sees a lost negation, however alike the words are', () => {
    const twisted = ORIGINAL.replace('must not exceed', 'must exceed');
    expect(checkFidelity(ORIGINAL, twisted)).toBeLessThan(1);
  });

  it('sees a changed number and a dropped name', () => {
    expect(checkFidelity(ORIGINAL, ORIGINAL.replace('40', '45'))).toBeLessThan(1);
    expect(checkFidelity(ORIGINAL, ORIGINAL.replace('of Reactor Nine ', ''))).toBeLessThan(1);
  });

  it('gives 0 to a text that kept none of them', () => {
    expect(checkFidelity(ORIGINAL, 'the weather was fine')).toBe(0);
  });

  it('counts a fact that comes back more than one that is said once', () => {
    const text = 'seen at 17 today\n\nseen at 17 again\n\nseen at 17 once more\n\nand at 99';
    expect(checkFidelity(text, 'seen at 17')).toBeGreaterThan(checkFidelity(text, 'and at 99'));
  });
});
