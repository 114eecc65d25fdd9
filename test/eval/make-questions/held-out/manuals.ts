import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { BadInput, readable } from '../../json-lines.ts';
import type { Fact, PackageDocument } from '../fact.ts';
import { linesOf, plainText, sectionsOf, sentencesOf } from '../markdown.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const MOST_DEFAULT_CHARACTERS = 60;
const LEAST_WORDS = 5;

/** The manual of npm, which is where npm is, and the documents of this repository: none of them stands in `node_modules`. */
export function readManuals(): PackageDocument[] {
  const manual = manualOfNpm();
  const pages = readable(manual, () => readdirSync(manual, { recursive: true, encoding: 'utf8' }));
  const own = execFileSync('git', ['ls-files', '*.md'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');
  return [
    ...pages
      .filter((page) => page.endsWith('.md'))
      .sort()
      .map((page) => document('npm', `npm/${page}`, join(manual, page))),
    ...own.sort().map((page) => document('supercontext', `supercontext/${page}`, join(ROOT, page))),
  ];
}

function manualOfNpm(): string {
  try {
    const command = execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim();
    return realpathSync(join(realpathSync(command), '../../docs/content'));
  } catch {
    throw new BadInput('the manual of npm is not where npm is');
  }
}

function document(packageName: string, path: string, file: string): PackageDocument {
  return { packageName, path, text: readable(file, () => readFileSync(file, 'utf8')).toWellFormed() };
}

/** What headings of a manual that are names say under them: `* Default: …`, and the first sentence of the text. */
export function manualFacts(page: PackageDocument): Fact[] {
  return sectionsOf(linesOf(page.text)).flatMap(({ title, heading, lines }) => {
    const subject = /^`([a-z][\w-]{2,})`$/.exec(title.trim())?.[1];
    if (subject === undefined) return [];
    const facts: Fact[] = [];
    const line = lines.slice(0, 4).find(({ text }) => /^\* Default: \S/.test(text));
    const value = plainText(line?.text.replace(/^\* Default: /, '') ?? '');
    if (
      line !== undefined &&
      value.length <= MOST_DEFAULT_CHARACTERS &&
      !/^(?:null|undefined|""|\[\]|none)/i.test(value)
    )
      facts.push({
        kind: 'default',
        document: page,
        subject,
        answer: value,
        passage: page.text.slice(heading.from, line.to).trim(),
      });
    const start = lines.findIndex(({ text }) => /^[A-Z][a-z]/.test(text));
    const length = start === -1 ? 0 : lines.slice(start).findIndex(({ text }) => text.trim() === '');
    const paragraph = lines.slice(start, start + Math.max(0, length));
    const answer = sentencesOf(plainText(paragraph.map(({ text }) => text).join('\n')))[0] ?? '';
    const [first, last] = [paragraph[0], paragraph.at(-1)];
    if (first !== undefined && last !== undefined && answer.split(' ').length >= LEAST_WORDS)
      facts.push({
        kind: 'purpose',
        document: page,
        subject,
        answer,
        passage: page.text.slice(first.from, last.to).trim(),
      });
    return facts;
  });
}
