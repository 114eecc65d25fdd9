import { createHash } from 'node:crypto';
import { ContractError } from '@supercontext/contract';
import type { Stretch, Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import type { DocumentPartRow, SessionRow } from './schema.ts';
import type { Commit, DocumentRecord, LearnedPart, NewDocumentPart, NewVersion } from './session-log.ts';

/** What a commit does to positions, and to what the session counts. A position in both lists is shown. */
export interface PositionChange {
  /** No part any more, or not yet, of what the session says. */
  readonly withdrawn: Stretch[];
  /** A part of it from now on. */
  readonly shown: Stretch[];
  /** o200k tokens that are withdrawn, less those that are shown. */
  tokens: number;
  /** Parts of documents that are kept, less those that are kept no more. */
  parts: number;
}

/**
 * The parts of the documents of one session: of each path the version in effect (`awaiting` 0), and the one whose last part has yet
 * to come (1), if there is one. Parts of either are numbered from 0 without a gap.
 */
export interface DocumentParts {
  /** In order. */
  of(path: string, awaiting: 0 | 1): readonly DocumentPartRow[];
  at(path: string, awaiting: 0 | 1, part: number): DocumentPartRow | undefined;
  count(path: string, awaiting: 0 | 1): number;
  insert(row: DocumentPartRow): void;
  /** How many there were. */
  drop(path: string, awaiting: 0 | 1): number;
}

/** A document as its parts in effect make it; null when there are none. */
export function documentOf(path: string, parts: readonly DocumentPartRow[]): DocumentRecord | null {
  const last = parts.at(-1);
  if (last === undefined) return null;
  const { length } = parts;
  return { path, hash: hashOfParts(parts), parts: length, tokens: tokensOf(parts), appendedAtMs: last.appended_at_ms };
}

/** One more part of a document, of a session of the time before. */
export function learnPart(session: SessionRow, parts: DocumentParts, learned: LearnedPart): void {
  const { path, hash, tokens, from, through, appendedAtMs } = learned;
  addPart(parts, {
    ...{ session: session.row, path, awaiting: 0, part: 0, parts: null, version_hash: null, hash, tokens },
    ...{ first_position: from, last_position: through, appended_at_ms: appendedAtMs },
  });
}

/**
 * Takes in what a commit says of documents, whose entries begin at the end of the session's log.
 * @throws ContractError DOCUMENT_NOT_FOUND; INPUT_INVALID for a part that is not the next one of its version, or of another hash
 */
export function applyDocuments(session: SessionRow, parts: DocumentParts, commit: Commit): PositionChange {
  const { documents = [], removes = [] } = commit;
  const change: PositionChange = { withdrawn: [], shown: [], tokens: 0, parts: 0 };
  for (const path of removes) removeDocument(parts, path, change);
  for (const part of documents) {
    const row = rowOf(session, commit, part);
    if (part.version === null) {
      addPart(parts, row);
      change.parts += 1;
    } else if (part.version.parts === 1) replaceDocument(parts, row, { version: part.version, change });
    else awaitPart(parts, row, { version: part.version, change });
  }
  return change;
}

function removeDocument(parts: DocumentParts, path: string, change: PositionChange): void {
  if (parts.count(path, 0) === 0) {
    throw new ContractError('DOCUMENT_NOT_FOUND', 'the session has no document with this path', { argument: 'path' });
  }
  withdrawDocument(parts, path, change);
  forget(parts, path, { awaiting: 1, change });
}

function addPart(parts: DocumentParts, row: DocumentPartRow): void {
  parts.insert({ ...row, part: parts.count(row.path, 0) });
}

interface Versioned {
  readonly version: NewVersion;
  readonly change: PositionChange;
}

function replaceDocument(parts: DocumentParts, row: DocumentPartRow, { version, change }: Versioned): void {
  if (version.hash !== null && version.hash !== row.hash) throw otherHash();
  withdrawDocument(parts, row.path, change);
  forget(parts, row.path, { awaiting: 1, change });
  parts.insert(row);
  change.parts += 1;
}

/** One of several parts: they are kept out of sight until the last one is there. */
function awaitPart(kept: DocumentParts, row: DocumentPartRow, { version, change }: Versioned): void {
  const { part, parts, hash } = version;
  const { path } = row;
  const first = kept.at(path, 1, 0);
  const isOfIt = first !== undefined && first.parts === parts && first.version_hash === hash;
  const came = isOfIt ? kept.count(path, 1) : 0;
  if (isRepeated(kept, row, { version, came })) {
    withhold(row, change);
    return;
  }
  if (part !== came) throw unexpectedPart(came, part);
  // Of another version there is nothing to wait for any more.
  if (part === 0) forget(kept, path, { awaiting: 1, change });
  const awaited = { ...row, awaiting: 1, part, parts, version_hash: hash };
  if (part < parts - 1) {
    withhold(row, change);
    kept.insert(awaited);
    change.parts += 1;
    return;
  }
  const all = [...kept.of(path, 1), awaited];
  if (hashOfParts(all) !== hash) throw otherHash();
  change.shown.push(...all.slice(0, -1).map(stretchOf));
  change.tokens -= tokensOf(all.slice(0, -1));
  withdrawDocument(kept, path, change);
  forget(kept, path, { awaiting: 1, change });
  for (const one of all) kept.insert({ ...one, awaiting: 0, parts: null, version_hash: null });
  change.parts += all.length;
}

/** Whether a part has come before: of two that send one version at once, each sends all of it. */
function isRepeated(
  parts: DocumentParts,
  { path, hash }: DocumentPartRow,
  { version, came }: { readonly version: NewVersion; readonly came: number },
): boolean {
  if (version.part < came) return parts.at(path, 1, version.part)?.hash === hash;
  if (came > 0 || version.part === 0 || parts.count(path, 0) !== version.parts) return false;
  const current = parts.of(path, 0);
  return hashOfParts(current) === version.hash && current[version.part]?.hash === hash;
}

/** Takes the version in effect out of what the session says. */
function withdrawDocument(parts: DocumentParts, path: string, change: PositionChange): void {
  const current = parts.of(path, 0);
  change.withdrawn.push(...current.map(stretchOf));
  change.tokens += tokensOf(current);
  forget(parts, path, { awaiting: 0, change });
}

function forget(
  parts: DocumentParts,
  path: string,
  { awaiting, change }: { readonly awaiting: 0 | 1; readonly change: PositionChange },
): void {
  change.parts -= parts.drop(path, awaiting);
}

function rowOf(
  session: SessionRow,
  { entries, nowMs }: Commit,
  { path, hash, first, entries: count }: NewDocumentPart,
): DocumentPartRow {
  let tokens = 0;
  for (let at = first; at < first + count; at++) tokens += entries[at]?.tokens ?? 0;
  const from = session.fragments + first;
  return {
    ...{ session: session.row, path, awaiting: 0, part: 0, parts: null, version_hash: null, hash, tokens },
    ...{ first_position: from, last_position: from + count - 1, appended_at_ms: nowMs },
  };
}

/** The part's own positions are kept out of sight. */
function withhold(row: DocumentPartRow, change: PositionChange): void {
  change.withdrawn.push(stretchOf(row));
  change.tokens += row.tokens;
}

function tokensOf(parts: readonly DocumentPartRow[]): number {
  return parts.reduce((sum, { tokens }) => sum + tokens, 0);
}

/** Of a document of one part, its own; else of the parts' hashes' bytes, one after the other. */
function hashOfParts(parts: readonly { readonly hash: string }[]): string {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first.hash;
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part.hash, 'hex');
  return hash.digest('hex');
}

/** Stretches of one log that may be withdrawn: they are read, written and sent as a whole. */
const MAXIMUM_STRETCHES = 131_072;

/** @throws ContractError INPUT_INVALID where there would be too many, and more than before */
export function checkStretches({ stretches: { length } }: Withdrawn, before: Withdrawn): void {
  if (length <= MAXIMUM_STRETCHES || length <= before.stretches.length) return;
  const message = `what is replaced and removed lies in ${length} stretches of the log, at most ${MAXIMUM_STRETCHES} are kept: go on in a new session`;
  throw new ContractError('INPUT_INVALID', message, { maximumStretches: MAXIMUM_STRETCHES });
}

function stretchOf({ first_position, last_position }: DocumentPartRow): Stretch {
  return { from: first_position, through: last_position };
}

function otherHash(): ContractError {
  const argument = 'version.hash';
  return new ContractError('INPUT_INVALID', `${argument} is not the hash of the text that came`, { argument });
}

function unexpectedPart(expected: number, part: number): ContractError {
  const message = `part: expected ${expected} of this version of the document, got ${part}`;
  return new ContractError('INPUT_INVALID', message, { argument: 'part', expected });
}
