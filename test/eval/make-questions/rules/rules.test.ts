import { describe, expect, it } from 'vitest';
import type { Fact, PackageDocument } from '../fact.ts';
import { changelogFacts } from './changelogs.ts';
import { flagFacts } from './command-flags.ts';
import { variableFacts } from './environment-variables.ts';
import { functionFacts } from './functions.ts';
import { listFacts } from './lists.ts';
import { packageFileFacts } from './package-files.ts';
import { tableFacts } from './tables.ts';

function documentOf(text: string, path = 'ledger/README.md'): PackageDocument {
  return { packageName: 'ledger', path, text };
}

/** Kind, subject and answer of what a rule finds. Its passages have to stand in the text. */
function found(rule: (document: PackageDocument) => Fact[], text: string, path?: string): string[] {
  const document = documentOf(text, path);
  return rule(document).map(({ kind, subject, answer, passage }) => {
    expect(text).toContain(passage);
    expect(passage).not.toBe('');
    return `${kind} ${subject}: ${answer}`;
  });
}

describe('tables', () => {
  it('give the default and the purpose of options', () => {
    const text =
      '| Option | Type | Default | Description |\n|---|:-:|---|---|\n' +
      '| `bodyLimit` | `number` | `1048576` | Largest [body](#body) taken from a client. More words. |\n' +
      '| `colour?` | `string` | - | See above |\n';
    expect(found(tableFacts, text)).toEqual([
      'default bodyLimit: 1048576',
      'purpose bodyLimit: Largest body taken from a client.',
    ]);
  });

  it('tell errors, flags and variables by their names', () => {
    const text =
      '# Environment\n\n| Name | Description |\n|---|---|\n| `LEDGER_HOME` | Folder in which the books lie |\n' +
      '| `LEDGER_ERR_FULL` | No page of the book is free |\n| `--no-close` | Keeps the books open at night |\n';
    expect(found(tableFacts, text)).toEqual([
      'variable LEDGER_HOME: Folder in which the books lie',
      'error LEDGER_ERR_FULL: No page of the book is free',
      'flag --no-close: Keeps the books open at night',
    ]);
  });

  it('of other things are left alone, and those in code', () => {
    const table = '| Country | Description |\n|---|---|\n| `France` | A country with many cheeses |\n';
    expect(found(tableFacts, table)).toEqual([]);
    expect(found(tableFacts, `\`\`\`\n${table.replace('Country', 'Name')}\`\`\`\n`)).toEqual([]);
  });

  it('keep the bars that stand in a cell', () => {
    const text = '| Option | Type | Default |\n|---|---|---|\n| `close` | `a \\| b` | `night` |\n';
    expect(found(tableFacts, text)).toEqual(['default close: night']);
  });
});

describe('lists', () => {
  it.each([
    ['- `bodyLimit` (default: `1 MiB`): how much', 'default bodyLimit: 1 MiB'],
    ['* **bodyLimit** `number` (optional) - Default: `300e3` - The most.', 'default bodyLimit: 300e3'],
    ['- `bodyLimit`: the most. Defaults to 1024.', 'default bodyLimit: 1024'],
    ["+ `name` {string} **Default:** `'night'`.", "default name: 'night'"],
    ['- `close`: true or false. Default is `false`', 'default close: false'],
    ['- `close`\n  at night (default `true`)', 'default close: true'],
  ])('give a default: %s', (text, fact) => {
    expect(found(listFacts, `${text}\n`)).toContain(fact);
  });

  it.each([
    ['no value that is marked as one', '- `close`: as is the default in most ledgers'],
    ['a default of something else', '- `close`: the default `ledger` closes at night'],
    ['no name', '- Default: `4`'],
  ])('give none with %s', (_, text) => {
    expect(found(listFacts, `${text}\n`).filter((fact) => fact.startsWith('default'))).toEqual([]);
  });

  it('give what an option is for, when it is told in a sentence', () => {
    expect(found(listFacts, '- `close` - Closes the books every night. Then it sleeps.\n')).toEqual([
      'purpose close: Closes the books every night.',
    ]);
    expect(found(listFacts, '- `close`: boolean\n')).toEqual([]);
  });

  it('and headings that are a name give the default under them', () => {
    const text = '### `closeAfter`\n<a id="close-after"></a>\n\n+ Default: `10000`\n\nWhen it closes.\n';
    expect(found(listFacts, text)).toEqual(['default closeAfter: 10000']);
  });
});

describe('headings of functions', () => {
  const section = (sentences: string) =>
    `## \`ledger.close(when)\`\n\n${sentences}\n\n- Returns a list, no sentence.\n`;

  it('give what it does, returns and throws', () => {
    const text = section(
      'Closes the books at the given time of day. Returns the number of books that were closed.\n\n' +
        'It throws an error if the books are closed already.',
    );
    expect(found(functionFacts, text)).toEqual([
      'purpose ledger.close: Closes the books at the given time of day.',
      'returns ledger.close: Returns the number of books that were closed.',
      'throws ledger.close: It throws an error if the books are closed already.',
    ]);
  });

  it('give nothing that is short, or says nothing of when it throws', () => {
    expect(found(functionFacts, section('Returns a list. It throws an error.'))).toEqual([]);
  });

  it('of prose give nothing', () => {
    expect(found(functionFacts, '## Why close\n\nReturns of books are counted at night by the clerk.\n')).toEqual([]);
  });
});

describe('flags', () => {
  it('are read from help texts and from lists', () => {
    const text =
      '```\n  -o, --out FILE   Saves to a file.\n      --close         Closes at night\n  --port 4000\n```\n\n- `--quiet`: says nothing at all\n';
    expect(found(flagFacts, text)).toEqual([
      'flag --out: Saves to a file.',
      'flag --close: Closes at night',
      'flag --quiet: says nothing at all',
    ]);
  });
});

describe('environment variables', () => {
  it('are those of a sentence that says so and names one', () => {
    const text =
      '# Use\n\nSet the environment variable `LEDGER_HOME` to your folder. The constant `LEDGER_MAX` is fixed. ' +
      'Of the environment variables `LEDGER_A` and `LEDGER_B` neither matters.\n';
    expect(found(variableFacts, text)).toEqual([
      'variable LEDGER_HOME: Set the environment variable LEDGER_HOME to your folder.',
    ]);
  });
});

describe('change logs', () => {
  const facts = (text: string) => found(changelogFacts, text, 'ledger/CHANGELOG.md');

  it('give days of versions and what changed in them', () => {
    const text =
      '## [2.1.0](https://example.org/2.1.0) (2020-02-03)\n\n### Features\n\n' +
      '* **books:** add support for blue covers ([#12](https://example.org/12)) ([abc1234](https://example.org/abc1234))\n\n' +
      '2.0.0 / 2019-01-02\n==================\n\n  * Drop support for wax seals\n  * deps: paper@3\n';
    expect(facts(text)).toEqual([
      'release 2.1.0: 2020-02-03',
      'change add support for blue covers: 2.1.0',
      'release 2.0.0: 2019-01-02',
      'change Drop support for wax seals: 2.0.0',
    ]);
  });

  it('say no day where none is written, and nothing of housekeeping', () => {
    expect(facts('## 1.0.0\n\n- [Tests] add a test of covers\n- [New] add a register of names\n')).toEqual([
      'change add a register of names: 1.0.0',
    ]);
  });

  it('give no change that stands far from its version: both could not be quoted', () => {
    const many = Array.from({ length: 20 }, (_, at) => `- Add the cover number ${at}\n`).join('');
    expect(facts(`## 1.0.0 - 2020-01-01\n\n${many}`).length).toBeLessThan(12);
  });

  it('are files of that name only', () => {
    expect(found(changelogFacts, '## 1.0.0 - 2020-01-01\n')).toEqual([]);
  });
});

describe('package files', () => {
  it('give the oldest Node.js and the licence', () => {
    const text = '{\n  "name": "ledger",\n  "license": "MIT",\n  "engines": {\n    "node": ">= 18.2"\n  }\n}\n';
    expect(found(packageFileFacts, text, 'ledger/package.json')).toEqual([
      'node ledger: >= 18.2',
      'licence ledger: MIT',
    ]);
    expect(found(packageFileFacts, text.replace('>= 18.2', '18 || 20'), 'ledger/package.json')).toEqual([
      'licence ledger: MIT',
    ]);
  });
});
