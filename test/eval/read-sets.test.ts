import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BadInput } from './json-lines.ts';
import { familyOf, halfOf } from './question-set.ts';
import { readSets } from './read-sets.ts';

const ITEM = '{"id":1,"group":1,"role":"user","occurredAt":"2026-05-04","text":"The port is 7443."}';
const DOCUMENT =
  '{"id":"d","group":"docs","path":"docs/ports.md","text":"# Ports\\nThe port of the ledger is 7443.\\n"}';
const QUESTION = '{"question":"Which port?","category":"single","evidence":[1],"answer":"7443"}';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sets-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, ...lines: readonly string[]): string {
  const file = join(folder, name);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

/** The one line that is said of a set with these lines. */
function complaint(items: readonly string[], questions: readonly string[]): string {
  write('bad-1.jsonl', ...items);
  write('bad-1.questions.jsonl', ...questions);
  return complaintOf(folder);
}

function complaintOf(path: string): string {
  try {
    readSets([path]);
  } catch (error) {
    if (error instanceof BadInput) return error.message;
    throw error;
  }
  return 'no complaint';
}

describe('a set of two files', () => {
  it('is read with its messages, documents, dates and gold', () => {
    write('talk-1.jsonl', ITEM, '', DOCUMENT);
    const asked =
      '{"question":"Which port has the ledger?","category":"documents","evidence":["d"],"passage":"The port of the ledger is 7443."}';
    write('talk-1.questions.jsonl', QUESTION, asked, '{"question":"Who?","category":"absent","evidence":[]}');
    const [set] = readSets([folder]);
    expect(set?.name).toBe('talk-1');
    expect(set?.items).toEqual([
      {
        id: '1',
        group: '1',
        role: 'USER',
        occurredAt: '2026-05-04T12:00:00.000Z',
        path: null,
        text: 'The port is 7443.',
      },
      expect.objectContaining({ id: 'd', group: 'docs', role: null, path: 'docs/ports.md' }),
    ]);
    expect(set?.questions.map(({ gold }) => gold)).toEqual([
      [{ itemId: '1', text: 'The port is 7443.' }],
      [{ itemId: 'd', text: 'The port of the ledger is 7443.' }],
      [],
    ]);
  });

  it('is found by either of them, and all sets by their folder', () => {
    for (const name of ['one-1', 'two-1']) {
      write(`${name}.jsonl`, ITEM);
      write(`${name}.questions.jsonl`, QUESTION);
    }
    const names = (path: string) => readSets([path]).map(({ name }) => name);
    expect(names(folder)).toEqual(['one-1', 'two-1']);
    expect(names(join(folder, 'two-1.jsonl'))).toEqual(['two-1']);
    expect(names(join(folder, 'two-1.questions.jsonl'))).toEqual(['two-1']);
    const files = ['one-1.jsonl', 'one-1.questions.jsonl', 'two-1.jsonl', 'two-1.questions.jsonl'];
    const paths = [...files.map((file) => join(folder, file)), folder, `${folder}/../${basename(folder)}`];
    expect(readSets(paths).map(({ name }) => name)).toEqual(['one-1', 'two-1']);
  });

  it('may rest on two passages of one document', () => {
    write('ports-1.jsonl', DOCUMENT);
    const passages = '"passage":["# Ports","The port of the ledger is 7443."]';
    write('ports-1.questions.jsonl', QUESTION.replace('"evidence":[1]', `"evidence":["d","d"],${passages}`));
    expect(readSets([folder])[0]?.questions[0]?.gold).toHaveLength(2);
  });

  it('keeps the half it says, and else gets the one its question says, about as many in each', () => {
    write('talk-1.jsonl', ITEM);
    const other = halfOf('Which port?') === 'fit' ? 'report' : 'fit';
    write('talk-1.questions.jsonl', QUESTION, QUESTION.replace('{', `{"half":"${other}",`));
    const halves = readSets([folder])[0]?.questions.map(({ half }) => half);
    expect(halves).toEqual([halfOf('Which port?'), other]);
    const fit = Array.from({ length: 1_000 }, (_, at) => halfOf(`question ${at}`)).filter((half) => half === 'fit');
    expect(fit.length).toBeGreaterThan(440);
    expect(fit.length).toBeLessThan(560);
  });
});

describe('bad input is told in one line that names file and line', () => {
  it.each([
    ['an item that is no JSON', [ITEM, '{"id":'], [QUESTION], 'bad-1.jsonl:2: is not JSON'],
    ['an item that is no object', ['[1]'], [QUESTION], 'bad-1.jsonl:1: is not a JSON object'],
    ['an item without a text', ['{"id":1,"group":1,"role":"USER"}'], [QUESTION], 'bad-1.jsonl:1: has no "text"'],
    ['a blank text', ['{"id":1,"group":1,"role":"USER","text":" "}'], [QUESTION], ':1: "text" is not a text'],
    ['an item without an id', ['{"group":1,"role":"USER","text":"a"}'], [QUESTION], ':1: has no "id"'],
    ['a message without a role', ['{"id":1,"group":1,"text":"a"}'], [QUESTION], ':1: has no "role"'],
    ['a role that there is not', [ITEM.replace('user', 'boss')], [QUESTION], ':1: "role" is none of SYSTEM'],
    ['a date that is none', [ITEM.replace('2026-05-04', 'soon')], [QUESTION], ':1: "occurredAt" is not a date: soon'],
    ['an id twice', [ITEM, ITEM], [QUESTION], 'bad-1.jsonl:2: the id "1" stands here a second time'],
    ['a question that is no JSON', [ITEM], [QUESTION, 'Which?'], 'bad-1.questions.jsonl:2: is not JSON'],
    ['a question without evidence', [ITEM], ['{"question":"a","category":"b"}'], ':1: "evidence" is not a list'],
    [
      'evidence that is not there',
      [ITEM],
      [QUESTION.replace('[1]', '[1,7]')],
      ':1: there is no item with the id of evidence "7"',
    ],
    [
      'evidence that is no id',
      [ITEM],
      [QUESTION.replace('[1]', '[null]')],
      ':1: "evidence" holds something that is no id',
    ],
    [
      'a half that there is not',
      [ITEM],
      [QUESTION.replace('{', '{"half":"third",')],
      ':1: "half" is neither fit nor report',
    ],
    ['a document without a passage', [DOCUMENT], [QUESTION.replace('[1]', '["d"]')], ':1: "passage" is missing'],
    [
      'a passage that stands elsewhere',
      [ITEM],
      [QUESTION.replace('{', '{"passage":"7444",')],
      ':1: "passage" does not stand in the item "1"',
    ],
    [
      'fewer passages than evidence',
      [ITEM],
      [QUESTION.replace('{', '{"passage":["a","b"],')],
      ':1: has 2 passages for 1 ids',
    ],
    [
      'a passage that is empty',
      [DOCUMENT],
      [QUESTION.replace('"evidence":[1]', '"evidence":["d"],"passage":""')],
      ':1: what must be shown of "d" has no word in it',
    ],
    [
      'a passage without a word',
      [DOCUMENT],
      [QUESTION.replace('"evidence":[1]', '"evidence":["d"],"passage":"# "')],
      ':1: what must be shown of "d" has no word in it',
    ],
    [
      'evidence without a word',
      [ITEM.replace('The port is 7443.', '?!')],
      [QUESTION],
      ':1: what must be shown of "1" has no word in it',
    ],
    [
      'evidence twice',
      [ITEM],
      [QUESTION.replace('[1]', '[1,"1"]')],
      ':1: "evidence" has the same of "1" a second time',
    ],
    ['no item', [], [QUESTION], 'bad-1.jsonl: is empty'],
    ['no question', [ITEM], [], 'bad-1.questions.jsonl: is empty'],
  ])('%s', (_, items, questions, line) => {
    const said = complaint(items, questions);
    expect(said).toContain(line);
    expect(said.startsWith(folder)).toBe(true);
    expect(said).not.toContain('\n');
  });

  it('a path that is not there', () => {
    expect(complaintOf(join(folder, 'none'))).toContain('none: there is no such file or folder');
  });

  it('a path that cannot be followed', () => {
    symlinkSync(join(folder, 'loop'), join(folder, 'loop'));
    expect(complaintOf(join(folder, 'loop'))).toContain('loop: cannot be read (ELOOP)');
    expect(complaintOf(join(folder, 'x'.repeat(300)))).toContain('x: cannot be read (ENAMETOOLONG)');
    expect(complaintOf(join(write('talk-1.jsonl', ITEM), 'x'))).toContain('x: cannot be read (ENOTDIR)');
    mkdirSync(join(folder, 'odd-1.jsonl'));
    write('odd-1.questions.jsonl', QUESTION);
    expect(complaintOf(join(folder, 'odd-1.questions.jsonl'))).toContain('odd-1.jsonl: cannot be read (EISDIR)');
  });

  it('an empty folder', () => {
    mkdirSync(join(folder, 'empty'));
    expect(complaintOf(join(folder, 'empty'))).toContain('there is no NAME.questions.jsonl in this folder');
  });

  it('a file of another kind', () => {
    expect(complaintOf(write('notes.md', 'a'))).toContain('notes.md: is neither a folder nor a .jsonl file');
  });

  it('questions without their items', () => {
    expect(complaintOf(write('alone-1.questions.jsonl', QUESTION))).toContain('alone-1.jsonl: there is no such file');
  });
});

it.each([
  ['beam-1M-3', 'beam-1M'],
  ['locomo-26', 'locomo'],
  ['documentation', 'documentation'],
])('the set %s is of the family %s', (name, family) => {
  expect(familyOf(name)).toBe(family);
});
