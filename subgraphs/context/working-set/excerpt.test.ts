import { termSetOf } from '@supercontext/text/terms.ts';
import { splitUnits } from '@supercontext/text/units.ts';
import { countTokens } from '@supercontext/tokens/count-tokens.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../test/support/cpu-time.ts';
import { clipText } from './clip-text.ts';
import { excerpt } from './excerpt.ts';
import { weighTerms } from './terms.ts';

const page = `# Server

The server listens on all addresses. It logs at level info.

## Options

- **keepAliveTimeout** \`number\` - Default: \`4e3\` - How long an idle socket stays open.
- **headersTimeout** \`number\` - Default: \`300e3\` - How long headers may take.
- **pipelining** \`number\` - Default: \`1\` - Requests under way on one socket.

## Errors

Errors carry a code. The code \`UND_ERR_SOCKET\` means that the socket went
away. Retry in that case.

\`\`\`js
client.on('error', (error) => {
  console.log(error.code);
});
\`\`\`
`;

function ask(question: string, maximumTokens: number, text = page): string {
  return excerpt(
    { text, name: null },
    weighTerms(termSetOf(question), [text, 'server', 'code'].map(termSetOf)),
    maximumTokens,
  );
}

describe('excerpt', () => {
  it('finds the line that defines what is asked for', () => {
    expect(ask('What is the default of headersTimeout?', 45)).toContain('`300e3`');
    expect(ask('What is the default of keepAliveTimeout?', 45)).toContain('`4e3`');
  });

  it('puts wrapped lines of a sentence together', () => {
    expect(ask('What does UND_ERR_SOCKET mean?', 40)).toContain('means that the socket went\naway.');
  });

  it('takes part of a line that is longer than the room, around the words asked for', () => {
    const line = `${'filler words go on and on '.repeat(300)}the needle is here ${'and more filler '.repeat(300)}`;
    const found = ask('needle', 40, line);
    expect(found).toContain('needle');
    expect(countTokens(found)).toBeLessThanOrEqual(40);
  });

  it('gives the beginning where no word of the question occurs', () => {
    const text = excerpt({ text: page, name: null }, weighTerms(termSetOf('zebra'), [page].map(termSetOf)), 20);
    expect(page.startsWith(text)).toBe(true);
    expect(countTokens(text)).toBeGreaterThan(0);
  });

  it('is always a stretch of the text within its room', () => {
    const unit = fc.constantFrom(
      'server',
      'code',
      '\n',
      '\n\n',
      '. ',
      '# ',
      '- ',
      '港口',
      '👩‍👩‍👧',
      '```\n',
      ' ',
      'keepAlive',
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 300 }), fc.integer({ min: 8, max: 200 }), (units, room) => {
        const text = units.join('');
        const found = ask('server code keepAlive', room, text);
        expect(text.includes(found)).toBe(true);
        expect(countTokens(found)).toBeLessThanOrEqual(room);
      }),
      { numRuns: 300 },
    );
  });
});

/** A table whose 27th column is the one that is asked for. */
function wideTable(rows: number): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const columns = Array.from({ length: 30 }, (_, at) => (at === 26 ? 'idle timeout' : `property number ${at}`));
  const row = (name: string) =>
    line(columns.map((_, at) => (at === 0 ? name : at === 26 ? `${name.length}00 s` : `v${at}`)));
  const names = Array.from({ length: rows }, (_, at) => `host-${'x'.repeat(at)}${at}`);
  return ['# Hosts', '', line(columns), line(columns.map(() => '---')), ...names.map(row), '', 'The end.'].join('\n');
}

describe('an excerpt of a table', () => {
  const table = `# Ports\n\n| service | port | since |\n|---|---:|---|\n${Array.from(
    { length: 40 },
    (_, at) => `| kiln${at} | ${4_000 + at} | spring |`,
  ).join('\n')}\n\nThat is all.`;

  it('shows the header above a row of it', () => {
    const found = ask('port of kiln33', 60, table);
    expect(found.split('\n')[0]).toBe('| service | port | since |');
    expect(found).toContain('| kiln33 | 4033 | spring |');
    expect(countTokens(found)).toBeLessThanOrEqual(60);
  });

  it('finds a row by the name of a column that it says something in', () => {
    const holes =
      '| host | fallback | zone |\n|---|---|---|\n| a1 | | eu |\n| b2 | | eu |\n| c3 | d4 | eu |\n| e5 | | eu |';
    expect(ask('fallback', 24, holes)).toContain('c3 | d4');
  });

  it('keeps the asked cell of a row that is longer than the room, and says what it left out', () => {
    expect(ask('What is the idle timeout of host-xx2?', 34, wideTable(8))).toBe(
      '| property number 0 | property number 1 | … | idle timeout | …\n| host-xx2 | v1 | … | 800 s | …',
    );
  });

  it('never shows the names of columns alone', () => {
    const found = ask('idle timeout', 60, wideTable(3));
    expect(found).toContain('idle timeout');
    expect(found).toContain('00 s');
  });

  it('cuts nothing away where there is room', () => {
    const text = wideTable(2);
    expect(ask('idle timeout', 4_000, text)).toContain('v29');
    expect(text).toContain(ask('idle timeout', 4_000, text));
  });

  it('reads tables with commas and tabs, too', () => {
    for (const between of [',', '\t']) {
      const text = table
        .replaceAll(/^\|-.*\n/gm, '')
        .replaceAll(/\| | \|/g, '')
        .replaceAll(' ', between);
      const found = ask('port of kiln33', 40, text);
      expect(found.split('\n')[0]).toBe(['service', 'port', 'since'].join(between));
      expect(found).toContain(['kiln33', '4033', 'spring'].join(between));
    }
  });

  it('shows whole cells of the text, within its room', () => {
    const cell = fc.constantFrom('server', 'code', '', '港口', 'a, b', 'keepAlive', '👩‍👩‍👧', 'x'.repeat(60));
    const row = fc.array(cell, { minLength: 3, maxLength: 40 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 12 }), fc.integer({ min: 24, max: 200 }), (rows, room) => {
        const [header = '', ...others] = rows.map((cells) => `| ${cells.join(' | ')} |`);
        const text = [header, header.replaceAll(/[^|]+/g, '---'), ...others].join('\n');
        const found = ask('server code keepAlive', room, text);
        expect(countTokens(found)).toBeLessThanOrEqual(room);
        for (const part of found.split('\n').flatMap((line) => line.split('|'))) {
          for (const stretch of part.split('…')) expect(text).toContain(stretch.trim());
        }
      }),
      { numRuns: 300 },
    );
  });

  it('takes time that grows with a hostile row', () => {
    const best = (cells: number) => {
      const text = `| a | b |\n|---|---|\n${'|server'.repeat(cells)}|`;
      return cpuMs(() => ask('server code', 60, text));
    };
    const short = best(2_500);
    // Sixteen times as long, and the garbage; a square would take 256 times as long.
    expect(best(40_000)).toBeLessThan(short * 80 + 30);
  });
});

describe('clipText', () => {
  it('keeps a text that fits as it is', () => {
    expect(clipText(' as it is ', 10)).toBe(' as it is ');
  });

  it('never cuts a character in half', () => {
    for (let room = 1; room < 40; room++) {
      const clipped = clipText('👩‍👩‍👧'.repeat(50), room, room * 3);
      expect(clipped.isWellFormed()).toBe(true);
      expect(countTokens(clipped)).toBeLessThanOrEqual(room);
    }
  });
});

describe('splitUnits', () => {
  it('takes headings, list items, code lines and sentences apart', () => {
    const units = splitUnits(page).map(({ from, to }) => page.slice(from, to));
    expect(units).toContain('# Server');
    expect(units).toContain('It logs at level info.');
    expect(units).toContain('Retry in that case.');
    expect(units).toContain('console.log(error.code);');
    expect(units.filter((unit) => unit.startsWith('- **'))).toHaveLength(3);
  });

  it('leaves nothing out but blanks and fences', () => {
    const units = splitUnits(page).map(({ from, to }) => page.slice(from, to));
    expect(units.join('').replace(/\s/g, '')).toBe(page.replace(/```(?:js)?/g, '').replace(/\s/g, ''));
  });
});

describe('termSetOf', () => {
  it('meets a word in its other forms and an identifier in its parts', () => {
    expect([...termSetOf('handles')]).toEqual([...termSetOf('handle')]);
    expect([...termSetOf('handling')]).toEqual([...termSetOf('handled')]);
    expect(termSetOf('setErrorHandler')).toEqual(new Set(['seterrorhandler', 'set', 'error', 'handler']));
    expect([...termSetOf('HTTP_PORT')]).toContain('port');
  });

  it('leaves out what every question is made of', () => {
    expect(termSetOf('What is the of and how do you')).toEqual(new Set());
  });

  it('weighs a term less, the more candidates have it', () => {
    const weights = weighTerms(termSetOf('server port'), ['server port', 'server', 'server'].map(termSetOf));
    expect(weights.get('port')).toBeGreaterThan(weights.get('server') ?? 99);
  });
});
