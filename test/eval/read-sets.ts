import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { BadInput, type JsonLine, readable, readJsonLines } from './json-lines.ts';
import { type EvalItem, type EvalQuestion, type Gold, type Half, halfOf, type QuestionSet } from './question-set.ts';
import { readDate } from './read-date.ts';
import { wordsOf } from './shown.ts';

const QUESTIONS = '.questions.jsonl';
const ITEMS = '.jsonl';
const ROLES: ReadonlySet<string> = new Set(['SYSTEM', 'USER', 'ASSISTANT', 'TOOL']);
const HALVES: ReadonlySet<string> = new Set(['fit', 'report']);

/**
 * The question sets at `paths`: folders, all sets of them, or one of the two files of a set. Each once, however often it is named.
 *
 * @throws BadInput in one line that names file and line
 */
export function readSets(paths: readonly string[]): QuestionSet[] {
  const sets = new Map(paths.flatMap(setsAt).map((path) => [resolve(path), path]));
  return [...sets.values()].map(readSet);
}

/** Folder and name of the sets, of each as its files' path without endings. */
function setsAt(path: string): string[] {
  if (!readable(path, () => statSync(path)).isDirectory()) {
    if (!path.endsWith(ITEMS)) throw new BadInput(`${path}: is neither a folder nor a .jsonl file`);
    return [join(dirname(path), basename(path).replace(/(?:\.questions)?\.jsonl$/, ''))];
  }
  const names = readable(path, () => readdirSync(path)).filter((name) => name.endsWith(QUESTIONS));
  if (names.length === 0) throw new BadInput(`${path}: there is no NAME${QUESTIONS} in this folder`);
  return names.sort().map((name) => join(path, name.slice(0, -QUESTIONS.length)));
}

function readSet(path: string): QuestionSet {
  const items = new Map<string, EvalItem>();
  for (const line of readJsonLines(`${path}${ITEMS}`)) {
    const item = readItem(line);
    if (items.has(item.id)) line.fail(`the id ${JSON.stringify(item.id)} stands here a second time`);
    items.set(item.id, item);
  }
  const questions = readJsonLines(`${path}${QUESTIONS}`).map((line) => readQuestion(line, items));
  return { name: basename(path), items: [...items.values()], questions };
}

function readItem(line: JsonLine): EvalItem {
  const path = line.optionalText('path');
  const role = path === null ? line.text('role').toUpperCase() : null;
  if (role !== null && !ROLES.has(role)) line.fail(`"role" is none of ${[...ROLES].join(', ')}`);
  const date = line.optionalText('occurredAt');
  const occurredAt = date === null ? null : readDate(date);
  if (date !== null && occurredAt === null) line.fail(`"occurredAt" is not a date: ${date}`);
  return { id: line.key('id'), group: line.key('group'), role, occurredAt, path, text: line.text('text') };
}

function readQuestion(line: JsonLine, items: ReadonlyMap<string, EvalItem>): EvalQuestion {
  const question = line.text('question');
  const half = line.optionalText('half') ?? halfOf(question);
  if (!HALVES.has(half)) line.fail('"half" is neither fit nor report');
  return {
    question,
    category: line.text('category'),
    gold: readGold(line, items),
    answer: line.optionalText('answer'),
    half: half as Half,
  };
}

function readGold(line: JsonLine, items: ReadonlyMap<string, EvalItem>): Gold[] {
  const evidence = line.keys('evidence');
  const passages = line.texts('passage');
  if (passages.length > 0 && passages.length !== evidence.length)
    line.fail(`has ${passages.length} passages for ${evidence.length} ids of evidence`);
  const seen = new Set<string>();
  return evidence.map((itemId, at) => {
    const item = items.get(itemId);
    if (item === undefined) return line.fail(`there is no item with the id of evidence ${JSON.stringify(itemId)}`);
    if (passages[at] === undefined && item.path !== null)
      line.fail('"passage" is missing: of a document it says what must be shown');
    const text = passages[at] ?? item.text;
    if (!item.text.includes(text)) line.fail(`"passage" does not stand in the item ${JSON.stringify(itemId)}`);
    if (wordsOf(text).length === 0) line.fail(`what must be shown of ${JSON.stringify(itemId)} has no word in it`);
    const gold = JSON.stringify([itemId, text]);
    if (seen.has(gold)) line.fail(`"evidence" has the same of ${JSON.stringify(itemId)} a second time`);
    seen.add(gold);
    return { itemId, text };
  });
}
