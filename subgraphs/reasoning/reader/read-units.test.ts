import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../test/support/cpu-time.ts';
import { readUnits } from './read-units.ts';

describe('readUnits', () => {
  it('reads a line of ten thousand sentences as fast as ten thousand lines', () => {
    const text = (sentence: string, end: string) => `${sentence}${end}`.repeat(32_768 / (sentence.length + end.length));
    expect(readUnits(text('港。', '')).length).toBeGreaterThan(10_000);
    expect(cpuMs(() => readUnits(text('港。', '')))).toBeLessThan(100);
    expect(cpuMs(() => readUnits(text('-', ' a\n')))).toBeLessThan(100);
  });

  it('knows how far a line is indented, whatever stands before it', () => {
    const text = 'A ledger is kept\nby the clerk. It is blue. It is old.\n\n- port\n  - 7443\r\n  - 7444\n';
    const parentsOf = readUnits(text).map(({ text: said, parents }) => [said, ...parents]);
    expect(parentsOf).toEqual([
      ['A ledger is kept by the clerk.'],
      ['It is blue.'],
      ['It is old.'],
      ['port'],
      ['7443', 'port'],
      ['7444', 'port'],
    ]);
  });

  it('reads lines that are indented and wrapped as the sentences that they are', () => {
    const text =
      '    The toll of the harbour is 40 crowns for each boat\n    that stays overnight. Children pay nothing, and dogs\n    are free.\n';
    expect(readUnits(text).map((unit) => unit.text)).toEqual([
      'The toll of the harbour is 40 crowns for each boat that stays overnight.',
      'Children pay nothing, and dogs are free.',
    ]);
    const code =
      '    const toll = harbour.tollOf(boat, { night: true });\n    const other = harbour.tollOf(dog, { night: true });';
    expect(readUnits(code)).toHaveLength(2);
  });

  it('reads a page of HTML by its blocks, and quotes what stands there', () => {
    const page =
      '<!DOCTYPE html><html><head><title>Kiln</title><style>p{margin:0}</style></head><body><h1>Kiln</h1>' +
      '<p>The port of the <b>kiln</b> is 7443. It may be changed.</p>\n    <p>Keys are valid\n    for 90 days.</p>' +
      '<ul><li>Logs go to <code>/var/log/kiln</code></li></ul>' +
      '<table><tr><td>heat</td><td>1048</td></tr></table></body></html>';
    const units = readUnits(page);
    expect(units.map(({ kind, text, headings }) => [kind, text, ...headings.map((one) => one.text)])).toEqual([
      ['heading', 'Kiln'],
      ['prose', 'The port of the kiln is 7443.', 'Kiln'],
      ['prose', 'It may be changed.', 'Kiln'],
      ['prose', 'Keys are valid for 90 days.', 'Kiln'],
      ['item', 'Logs go to /var/log/kiln', 'Kiln'],
      ['row', 'heat; 1048', 'Kiln'],
    ]);
    expect(page.slice(units[1]?.from, units[1]?.to)).toBe('The port of the <b>kiln</b> is 7443.');
    expect(page.slice(units[4]?.from, units[4]?.to)).toBe('Logs go to <code>/var/log/kiln</code>');
  });

  it('reads a setting with what the comment above says of it, and its comment by sentences', () => {
    const settings = [
      '# How long the gate stays open. After that it is',
      '# closed by the clerk, whatever the weather.',
      'gate-timeout 40',
      '',
      '# Number of boats that may wait. The default',
      '# is none.',
      '#',
      '# boats-waiting 3',
      '',
    ].join('\n');
    const units = readUnits(settings);
    expect(units.map(({ text }) => text)).toEqual([
      'How long the gate stays open.',
      'After that it is closed by the clerk, whatever the weather.',
      'How long the gate stays open. gate-timeout 40',
      'Number of boats that may wait.',
      'The default is none.',
      'Number of boats that may wait. boats-waiting 3',
    ]);
    expect(units[4]?.parents).toEqual(['boats-waiting 3']);
    expect(units[2]?.stretches?.map(({ from, to }) => settings.slice(from, to))).toEqual([
      'How long the gate stays open.',
      'gate-timeout 40',
    ]);
  });

  it.each([
    ['; ', ';'],
    ['# ', '#'],
    ['// ', '//'],
  ])('reads each line of a file of settings by itself, with what is said behind %s', (mark, sign) => {
    const settings = [
      `${mark}Sample.`,
      '[web]',
      `port=8080 ${mark}port to listen on`,
      `retries=3 ${mark}how often`,
      `          ${mark}it tries again`,
      `${sign}umask=022 ${mark}of the process`,
      '',
      '[program:cat]',
      'command=/bin/cat',
    ].join('\n');
    const units = readUnits(settings);
    expect(units.map(({ text, parents }) => [text, ...parents])).toEqual([
      ['Sample.'],
      [`port=8080 ${mark}port to listen on`, 'web'],
      [`retries=3 ${mark}how often it tries again`, 'web'],
      [`umask=022 ${mark}of the process`, 'web'],
      ['command=/bin/cat', 'program:cat'],
    ]);
    for (const { from, to } of units.slice(1, 3)) expect(settings.slice(from, to)).toMatch(/^(?:port|retries)=/);
  });

  it('takes no prose with an equals sign in it for settings', () => {
    const text = 'The port is 8080.\na=1\nb=2\nThe clerk has said so.\nHe was sure of it.';
    expect(readUnits(text).every(({ isSetting }) => isSetting !== true)).toBe(true);
  });

  it('takes an end of a line in HTML for a blank, in tags, too, and lines that are shown as they are for lines', () => {
    const page =
      '<dl><dt>boats</dt><dd><p>Boats should <SPAN\nclass="loud"\n><I\n>not</I\n></SPAN\n> wait,\n  or the clerk is\n  angry.</p></dd>' +
      '<dt>log</dt><dd><pre>one\ntwo</pre></dd></dl>';
    const units = readUnits(page);
    expect(units.map(({ text }) => text)).toContain('Boats should not wait, or the clerk is angry.');
    expect(units.filter(({ kind }) => kind === 'code').map(({ text }) => text)).toEqual(['one', 'two']);
    for (const { from, to } of units) expect(page.slice(from, to)).not.toBe('');
  });

  it('puts words together that are divided at the ends of lines', () => {
    const text = 'Die Hafenord\u2010\nnung gilt f\u00fcr Ein\u2010 und Ausfahrt.\n';
    expect(readUnits(text).map((unit) => unit.text)).toEqual([
      'Die Hafenordnung gilt f\u00fcr Ein\u2010 und Ausfahrt.',
    ]);
  });

  it('reads a row of a table of HTML by the names of its columns, however many lines it is written on', () => {
    const page =
      '<html><body><h1>Fares</h1><table>\n<thead>\n<tr>\n <th>Boat</th>\n <th>Single</th>\n <th class="r">Return</th>\n</tr>\n</thead>\n' +
      '<tbody>\n<tr>\n <td>Canoe</td>\n <td>£9.00</td>\n <td></td>\n</tr>\n<tr><td>Barge</td><td>£11.20</td><td><b>£20</b></td></tr>' +
      '</tbody></table><table><tr><th>heat</th><td>1048</td></tr><tr><th>wood</th><td>12</td></tr></table><p>After it.</p></body></html>';
    const units = readUnits(page);
    expect(units.map(({ text }) => text)).toEqual([
      'Fares',
      'Canoe; Single: £9.00',
      'Barge; Single: £11.20; Return: £20',
      'heat; 1048',
      'wood; 12',
      'After it.',
    ]);
    expect(page.slice(units[2]?.from, units[2]?.to)).toMatch(/^Barge<.*£20/);
  });

  it('takes no row of a grid without names for names, and the names of one that has some', () => {
    const rule = '+--------+--------+\n';
    const rows = ['| Flask  | none   |\n', '| Kiln   | heat   |\n', '| Loom   | thread |\n'];
    const told = (text: string) => readUnits(text).map((unit) => unit.text);
    expect(told(rule + rows.join(rule) + rule)).toEqual(['Flask; none', 'Kiln; heat', 'Loom; thread']);
    expect(told(`${rule}${rows[0]}${rule}${rows[1]}${rows[2]}${rule}`)).toEqual([
      'Kiln; none: heat',
      'Loom; none: thread',
    ]);
    expect(told(`${rule}${rows[0]}${rule.replaceAll('-', '=')}${rows[1]}${rule}${rows[2]}${rule}`)).toEqual([
      'Kiln; none: heat',
      'Loom; none: thread',
    ]);
  });

  it('shows the places of empty cells where no column has a name', () => {
    const rows = '| Atomic | yes | | yes | |\n| Pause | | yes | yes | |\n';
    expect(readUnits(rows).map(({ text }) => text)).toEqual([
      '| Atomic | yes | | yes | |',
      '| Pause | | yes | yes | |',
    ]);
  });

  it.each([
    ['tables that never end', '<table><tr><th>a<th>b'.repeat(1_500)],
    ['tables in tables', '<table>'.repeat(4_600)],
    ['rows of grids', '|a|b\n+-+-+\n\n'.repeat(2_700)],
    ['signs of settings behind settings', 'a=1 ; '.repeat(5_000)],
    ['settings of one letter', 'a=1\n'.repeat(8_000)],
    ['tags that never end', '<p <p '.repeat(5_000)],
    ['scripts that never end', '<script>'.repeat(4_000)],
    ['comments that never end', '<p></p>'.repeat(10) + '<!--'.repeat(8_000)],
    ['blocks of one letter', '<p>a</p>'.repeat(4_000)],
    ['signs of settings', '#a\n'.repeat(10_000)],
    ['settings that are indented', '\t#a = 1\n'.repeat(4_000)],
    ['blanks', `#${' '.repeat(16_000)}a\n#b\n#c\n#d\n#e\n`],
    ['wrapped lines', '    The toll of the harbour is 40 crowns for each boat\n'.repeat(600)],
  ])('reads %s in no time', (_, text) => {
    expect(cpuMs(() => readUnits(text))).toBeLessThan(100);
  });
});
