import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DELTAS, FRAGMENTS, SUMMARIES, TOKEN_EVENTS, WORKING_SETS } from './golden/values.ts';
import { CONTRACT_HEADER, CONTRACT_VERSIONS, ERRORS, type ErrorRow } from './index.ts';

const PROTOCOL = readFileSync(join(import.meta.dirname, 'PROTOCOL.md'), 'utf8');
const sections = new Map(PROTOCOL.split(/^## /m).map((section) => [section.split('\n', 1)[0] ?? '', section]));

/** Names in the first column of a section's table, and in backticks anywhere in its rows. */
function rowsOf(section: string): string[] {
  return (sections.get(section) ?? '').split('\n').filter((line) => line.startsWith('| `'));
}

function namesIn(lines: readonly string[]): Set<string> {
  return new Set(lines.flatMap((line) => [...line.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '')));
}

function fieldsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(fieldsOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...fieldsOf(inner)]);
}

describe('PROTOCOL.md', () => {
  it.each([
    ['Delta', DELTAS],
    ['Fragment', FRAGMENTS],
    ['Summary', SUMMARIES],
    ['WorkingSet', WORKING_SETS],
    ['TokenEvent', TOKEN_EVENTS],
  ])('says of every field of a %s what it is, and of no other', (section, values) => {
    const written = new Set([...namesIn(rowsOf(section))].filter((name) => /^[a-z]/.test(name) && name !== 'o200k'));
    const inTypes = new Set(Object.values(values).flatMap(fieldsOf));
    expect([...written].sort()).toEqual([...inTypes].sort());
  });

  it('has the error table of the code: every code, when, and whether it may be retried', () => {
    const rows = rowsOf('Errors').map((line) => line.split('|').map((cell) => cell.trim()));
    const expected = Object.entries(ERRORS).map(([code, row]: [string, ErrorRow]) => {
      const after = row.retryAfterMs === undefined ? 'yes' : `after ${row.retryAfterMs} ms`;
      return ['', `\`${code}\``, row.when, row.retryable ? after : 'no', ''];
    });
    expect(rows).toEqual(expected);
  });

  it('names no code that does not exist', () => {
    const codes = [...PROTOCOL.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)].map((match) => match[1] ?? '');
    expect(codes.filter((code) => !Object.hasOwn(ERRORS, code))).toEqual([]);
  });

  it('says which versions are spoken and how a request names one', () => {
    expect(PROTOCOL).toContain(`speaks ${CONTRACT_VERSIONS.from} to ${CONTRACT_VERSIONS.through}`);
    expect(PROTOCOL).toContain(`\`${CONTRACT_HEADER}\``);
  });
});
