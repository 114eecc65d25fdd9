import { wordsOf } from '../../shown.ts';
import type { Fact, PackageDocument } from '../fact.ts';
import { type Line, linesOf, plainText } from '../markdown.ts';

const VERSION = /^(?:#{1,4} +)?\[?\**v?(\d+\.\d+\.\d+)\**\]?(?:\([^)]*\))?[\s/(–—:-]*(\d{4}-\d{2}-\d{2})?\)?\**\s*$/;
const TAG = /^(?:\[[A-Z][\w ]*\] |\*\*[^*]+\*\*:? ?|`[^`]+`: |[a-z]+(?:\([^)]*\))?: )+/;
/** What stands for the commit, the ticket or the person. */
const TRAILING =
  /(?:[\s,]*(?:\((?:\[?#\d+\]?[^)]*|\[?`?[0-9a-f]{7,}`?\]?[^)]*|thanks[^)]*|by @[^)]*|closes[^)]*)\)+|\[?`[0-9a-f]{7,}`\]?(?:\([^)]*\))?|,? ?closes #?\d+|#\d+))+\.?$/i;
/** Changes that no user of a package asks about. */
const HOUSEKEEPING = /^\[?(?:actions|dev deps|deps|docs?|eslint|meta|readme|robustness|tests?|perf|refactor|types?)\b/i;
const WORDS = { least: 4, most: 16 };
const PASSAGE_WORDS = 60;

interface Release {
  readonly version: string;
  readonly day: string | undefined;
  readonly heading: Line;
}

export function isChangelog(path: string): boolean {
  return /(?:change|history|release)[^/]*\.md$/i.test(path);
}

/** Versions with their days, and what changed in them. A change is told near enough its version for both to be quoted. */
export function changelogFacts(document: PackageDocument): Fact[] {
  if (!isChangelog(document.path)) return [];
  const facts: Fact[] = [];
  let release: Release | null = null;
  const lines = linesOf(document.text);
  for (const [at, line] of lines.entries()) {
    const found = line.isCode ? null : VERSION.exec(line.text);
    const isHeading = line.text.startsWith('#') || /^[=-]{3,}$/.test(lines[at + 1]?.text ?? '');
    if (found?.[1] !== undefined && isHeading) {
      release = { version: found[1], day: found[2], heading: line };
      facts.push(...releaseFact(document, release));
    } else if (
      release !== null &&
      /^\s{0,3}[-*+] +\S/.test(line.text) &&
      !/^\s{2,}[^\s*+-]/.test(lines[at + 1]?.text ?? '')
    ) {
      facts.push(...changeFact(document, release, line));
    }
  }
  return facts;
}

function releaseFact(document: PackageDocument, { version, day, heading }: Release): Fact[] {
  if (day === undefined || Number.isNaN(Date.parse(day))) return [];
  return [{ kind: 'release', document, subject: version, answer: day, passage: heading.text.trim(), day }];
}

function changeFact(document: PackageDocument, { version, day, heading }: Release, line: Line): Fact[] {
  const passage = document.text.slice(heading.from, line.to).trim();
  if (wordsOf(passage).length > PASSAGE_WORDS) return [];
  const said = line.text.replace(/^\s*[-*+] +/, '').trim();
  if (HOUSEKEEPING.test(said)) return [];
  const subject = plainText(said.replace(TAG, '').replace(TRAILING, ''))
    .replace(TRAILING, '')
    .replace(/[.;,]$/, '');
  const count = subject.split(' ').length;
  if (count < WORDS.least || count > WORDS.most || /\bhttps?:|[<>@]|\(#|\bdependenc/i.test(subject)) return [];
  return [{ kind: 'change', document, subject, answer: version, passage, ...(day === undefined ? {} : { day }) }];
}
