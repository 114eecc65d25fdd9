import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../test/support/cpu-time.ts';
import { isManualPage } from './manual-page.ts';
import { readUnits } from './read-units.ts';

const PAGE = `KILN(8)                  System Manager's Manual                  KILN(8)

NAME
       kiln - fire pots of clay

DESCRIPTION
       The kiln fires what is in it. It reads \`kiln.conf', unless -n is
       given, and says what it does.

OPTIONS
       -t, --timeout seconds
           Stop after so many seconds. The default is
           900.

       -q     Say nothing.
       -v     Say more than
              is asked for.

       Storage=
           Where pots are kept, one of "shed" and
           "cellar". Defaults to "shed".

EXIT VALUES
       The kiln exits with the following values:

       0
           success

       9
           the name is taken

Clay 1.2                        2026-05-04                          KILN(8)
`;

const said = () => readUnits(PAGE).map(({ kind, text }) => `${kind}: ${text}`);

describe('readManualPage', () => {
  it('reads headings, sentences over the ends of lines, and what is defined with what is first said of it', () => {
    expect(said()).toEqual([
      'heading: NAME',
      'prose: kiln - fire pots of clay',
      'heading: DESCRIPTION',
      'prose: The kiln fires what is in it.',
      "prose: It reads `kiln.conf', unless -n is given, and says what it does.",
      'heading: OPTIONS',
      'item: -t, --timeout seconds Stop after so many seconds.',
      'prose: The default is 900.',
      'item: -q Say nothing.',
      'item: -v Say more than is asked for.',
      'item: Storage= Where pots are kept, one of "shed" and "cellar".',
      'prose: Defaults to "shed".',
      'heading: EXIT VALUES',
      'prose: The kiln exits with the following values:',
      'item: 0 success',
      'item: 9 the name is taken',
    ]);
  });

  it('reads what is said further of it under it, and all under their headings', () => {
    const unit = readUnits(PAGE).find(({ text }) => text === 'Defaults to "shed".');
    expect(unit?.parents).toEqual(['Storage= Where pots are kept, one of "shed" and "cellar".']);
    expect(unit?.headings.map(({ text }) => text)).toEqual(['OPTIONS']);
  });

  it('quotes what stands in the page letter for letter', () => {
    for (const { from, to, text } of readUnits(PAGE)) expect(PAGE.slice(from, to).replaceAll(/\s+/g, ' ')).toBe(text);
  });
});

describe('isManualPage', () => {
  it.each([
    [
      'a program',
      'def fire(kiln):\n    if kiln.cold:\n        return kiln.heat(900)\n    for pot in kiln.pots:\n        pot.fire()\n    return None\n',
    ],
    [
      'Markdown',
      '# Kiln\n\nThe kiln fires what is in it.\n\n* It is heated by wood.\n  It takes a day.\n\n    kiln --fire pots\n',
    ],
    [
      'a file of settings',
      '# Where pots are kept, one of shed and cellar.\nstorage = shed\n# How long a fire burns.\ntimeout = 900\n',
    ],
    [
      'a program in braces',
      '    if (kiln is cold) {\n        heat the kiln up;\n    }\n    for (each pot in it) {\n        fire the pot;\n    }\n',
    ],
  ])('is none of %s', (_, text) => {
    expect(isManualPage(text)).toBe(false);
  });

  it('takes a stretch of a page for one, and time that grows with it', () => {
    const stretch = PAGE.slice(PAGE.indexOf('unless -n'), PAGE.indexOf('EXIT'));
    expect(isManualPage(stretch)).toBe(true);
    for (const piece of ['       -\n', '       a  b\n           c d e\n', '        ', '\n', 'a ', "a'", 'a.,', '{ '])
      for (const before of ['', PAGE])
        expect(cpuMs(() => readUnits(before + piece.repeat(30_000 / piece.length)))).toBeLessThan(100);
  });
});
