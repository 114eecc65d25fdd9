import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../../support/random.ts';
import { BadInput } from '../json-lines.ts';
import { readSets } from '../read-sets.ts';
import { NearMisses } from './absent.ts';
import { askFact, spelled } from './ask.ts';
import { type PackageDocument, plainFacts } from './fact.ts';
import { factsOf, makeDocumentationSet, makeQuestions } from './make-set.ts';
import { askInOtherWords, inOtherWords, sharesFewTerms } from './other-words.ts';
import { askTwoDocuments } from './two-documents.ts';

const LEDGER: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "ledger", "license": "MIT", "engines": { "node": ">=18" } }\n',
  'README.md':
    '# ledger\n\n| Option | Default | Description |\n|---|---|---|\n' +
    '| `closeAfter` | `10000` | Milliseconds after which the books are closed |\n' +
    '| `bodyLimit` | `1048576` | Removes the longest lines of every entry |\n' +
    '| `concurrency` | `4` | Clerks that write into the same book |\n\n' +
    '```\n  --no-close   Keeps the books open at night\n  --force-close   Closes books that are read\n```\n',
  'CHANGELOG.md':
    '## 1.1.0 - 2020-02-03\n\n- Add support for blue covers\n\n## 1.0.0 - 2019-01-02\n\n- Remove the unused seals of wax\n',
};
const PRESS: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "press", "license": "ISC", "engines": { "node": ">=20" } }\n',
  'README.md':
    '# press\n\n- `bodyLimit`: bytes of a sheet. Defaults to `512`.\n- `inkColour`: what it prints in. Defaults to `black`.\n',
  'CHANGELOG.md': '## 3.0.0 - 2021-05-06\n\n- Fix the errors of new folders\n',
};

function documentsOf(packages: Readonly<Record<string, Readonly<Record<string, string>>>>): PackageDocument[] {
  return Object.entries(packages).flatMap(([packageName, files]) =>
    Object.entries(files).map(([file, text]) => ({ packageName, path: `${packageName}/${file}`, text })),
  );
}

const DOCUMENTS = documentsOf({ ledger: LEDGER, press: PRESS });

describe('facts that are asked for', () => {
  const factOf = (text: string, kind = 'default') => {
    const document = { packageName: 'a', path: 'a/README.md', text };
    return plainFacts([
      { kind: kind as 'default', document, subject: 'closeAfter', answer: '1', passage: '- `closeAfter`: 1' },
    ]);
  };

  it('stand once in their document', () => {
    expect(factOf('- `closeAfter`: 1\n')).toHaveLength(1);
    expect(factOf('- `closeAfter`: 1\n\n- `closeAfter`: 1\n')).toEqual([]);
    expect(factOf('- `closeAfter`: 1\n\nThe closeafter (1) is said again.\n')).toEqual([]);
  });

  it('are said once of a package', () => {
    const [fact] = factsOf(DOCUMENTS).filter(({ subject }) => subject === 'closeAfter');
    if (fact === undefined) throw new Error('no fact');
    expect(plainFacts([fact])).toHaveLength(1);
    expect(plainFacts([fact, { ...fact, answer: '5' }])).toEqual([]);
  });
});

describe('questions', () => {
  it('ask for a fact by its name, and know the passage and the answer', () => {
    const [fact] = factsOf(DOCUMENTS).filter(({ subject, kind }) => subject === 'closeAfter' && kind === 'default');
    if (fact === undefined) throw new Error('no fact');
    const [made] = askFact(fact, seededRandom(1));
    expect(made).toMatchObject({
      category: 'option',
      answer: '10000',
      gold: [{ itemId: 'ledger/README.md', passage: expect.stringContaining('| `closeAfter` | `10000` |') }],
    });
    expect(made?.question).toMatch(/closeAfter.*\?$/);
    expect(made?.question).toContain('ledger');
  });

  it('ask when and in which version something changed', () => {
    const changes = factsOf(DOCUMENTS).filter(({ kind }) => kind === 'change');
    const asked = Array.from({ length: 30 }, (_, seed) => changes.flatMap((fact) => askFact(fact, seededRandom(seed))));
    const questions = new Map(
      asked.flat().map(({ question, answer, category }) => [question, `${category}: ${answer}`]),
    );
    expect(questions.get('When did ledger add support for blue covers?')).toBe('date: 2020-02-03');
    expect(questions.get('Which version of press fixed the errors of new folders?')).toBe('change: 3.0.0');
    expect(questions.get('In which release did ledger remove the unused seals of wax?')).toBe('change: 1.0.0');
    expect(spelled('2020-02-03')).toBe('3 February 2020');
  });

  it('over two documents have two passages, and the answer that both give', () => {
    const made = askTwoDocuments(factsOf(DOCUMENTS), seededRandom(1), 12);
    expect(made.length).toBeGreaterThan(5);
    for (const { gold, packageNames } of made) {
      expect(gold).toHaveLength(2);
      expect(new Set(packageNames).size).toBe(2);
    }
    const node = made.find(({ question }) => /newer Node|more recent version of Node/.test(question));
    expect(node?.answer).toBe('press');
    const option = made.find(({ question }) => question.includes('bodyLimit'));
    expect(new Set(option?.answer?.split('; '))).toEqual(new Set(['1048576', '512']));
    const release = made.find(({ question }) => question.startsWith('Which came out first'));
    expect(release?.answer).toMatch(/^ledger 1\.[01]\.0 /);
  });
});

describe('near misses', () => {
  const made = new NearMisses(DOCUMENTS, factsOf(DOCUMENTS)).ask(seededRandom(4), 40);
  const texts = Object.values({ ...LEDGER })
    .join('\n')
    .toLowerCase();

  it('are names and versions that are nowhere in what they are asked of', () => {
    expect(made.length).toBeGreaterThan(10);
    for (const { question, gold, answer } of made) {
      expect(gold).toEqual([]);
      expect(answer).toBeNull();
      if (!question.includes('ledger')) continue;
      const name = question.match(/--[a-z-]+|\b[a-z]+[A-Z]\w+|\d+\.\d+\.\d+/)?.[0];
      if (name !== undefined) expect(texts).not.toContain(name.toLowerCase());
    }
  });

  it('are an option of another package, a name with a part changed, a version that never was', () => {
    const questions = made.map(({ question }) => question).join('\n');
    expect(questions).toMatch(/inkColour.*ledger|ledger.*inkColour/);
    expect(questions).toMatch(/\b(?:bodyAfter|closeLimit|inkLimit|bodyColour)\b/);
    expect(questions).toMatch(/(?:ledger|press) .*\d+\.\d+\.\d+|version \d+\.\d+\.\d+ of/);
    // Both have it.
    expect(questions).not.toMatch(/\bbodyLimit\b/);
  });
});

describe('questions in other words', () => {
  it('hide the name and share at most one term with the passage', () => {
    const facts = factsOf(DOCUMENTS);
    const made = facts.flatMap((fact) => askInOtherWords(fact, seededRandom(2)) ?? []);
    const questions = made.map(({ question }) => question);
    expect(questions).toContain('How many things does ledger do at once if nobody says?');
    expect(questions).toContain('Which version of press repaired the failures of fresh directories?');
    for (const { question, gold } of made)
      expect(sharesFewTerms(question.replace(/ledger|press/, ''), gold[0]?.passage ?? '')).toBe(true);
  });

  it.each([
    ['the missing options of a file', 'the absent settings of a document'],
    ['`bodyLimit` of invalid strings', '`bodyLimit` of wrong texts'],
    ['the directory to show errors', 'the folder to present failures'],
    ['the entries it supports', null],
    ['the file option prefix', null],
  ])('of "%s" are "%s"', (text, other) => {
    expect(inOtherWords(text)).toBe(other);
  });

  it.each([
    ['How many?', 'concurrency: clerks that write', false],
    ['How much work happens at the same time?', '`concurrency`: 4', true],
    ['How many clerks write into one book together?', 'Clerks that write into the same book', false],
  ])('tell by terms: %s', (question, passage, isFew) => {
    expect(sharesFewTerms(question, passage)).toBe(isFew);
  });
});

describe('a set', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'packages-'));
    const lock = {
      packages: {
        '': {},
        'node_modules/ledger': {},
        'node_modules/press': {},
        'node_modules/only-mac': { os: ['darwin'] },
      },
    };
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock));
    for (const [name, files] of Object.entries({ ledger: LEDGER, press: PRESS, 'only-mac': LEDGER })) {
      for (const [file, text] of Object.entries(files)) {
        const path = join(folder, 'node_modules', name, file);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text.replaceAll('ledger', name));
      }
    }
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const make = (more: { packages?: string[]; from?: string } = {}) =>
    makeDocumentationSet(
      { heldOut: false, from: join(folder, 'node_modules'), packages: null, questions: 40, seed: 1, ...more },
      () => {},
      join(folder, 'data'),
    );

  it('is written as sets of users are, and the same every time', () => {
    const file = make();
    const [set] = readSets([file]);
    expect(set?.items.map(({ path }) => path)).toEqual(DOCUMENTS.map(({ path }) => path).sort());
    expect(new Set(set?.questions.map(({ category }) => category)).size).toBeGreaterThan(5);
    const before = readFileSync(file.replace('.jsonl', '.questions.jsonl'), 'utf8');
    make();
    expect(readFileSync(file.replace('.jsonl', '.questions.jsonl'), 'utf8')).toBe(before);
  });

  it('is of the packages that are named', () => {
    const [set] = readSets([make({ packages: ['press'] })]);
    expect(new Set(set?.items.map(({ group }) => group))).toEqual(new Set(['press']));
  });

  it('cannot be of packages that are not pinned for every machine, or without a lock file', () => {
    expect(() => make({ packages: ['only-mac'] })).toThrow('not among its pinned packages: only-mac');
    expect(() => make({ from: join(folder, 'elsewhere/node_modules') })).toThrow(
      'package-lock.json: there is no such file',
    );
  });

  it.each([
    ['', 'package-lock.json: is not JSON'],
    ['{', 'package-lock.json: is not JSON'],
    ['null', 'package-lock.json: lists no packages'],
    ['[]', 'package-lock.json: lists no packages'],
    ['{"packages":{"node_modules/ledger":null}}', 'what it has for "node_modules/ledger" is no package'],
    ['{"packages":{"node_modules/..":{}}}', 'give no question'],
  ])('cannot be made by a lock file that holds %j', (text, line) => {
    writeFileSync(join(folder, 'package-lock.json'), text);
    expect(() => make()).toThrow(BadInput);
    expect(() => make()).toThrow(line);
  });

  it('has other questions for another seed', () => {
    const questions = (seed: number) => makeQuestions(DOCUMENTS, 20, seed).map(({ question }) => question);
    expect(questions(1)).toEqual(questions(1));
    expect(questions(1)).not.toEqual(questions(2));
  });
});
