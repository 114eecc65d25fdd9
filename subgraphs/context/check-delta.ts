import {
  CONTRACT_VERSIONS,
  ContractError,
  type Delta,
  type DeltaItem,
  MAXIMUM_QUESTION_CHARACTERS,
  utf8Bytes,
} from '@supercontext/contract';
import type { NewVersion } from './log/session-log.ts';

/** What one append may hold: the batching rule of the contract. */
export const MAXIMUM_ITEMS = 4_096;
export const MAXIMUM_DELTA_BYTES = 8 * 1024 * 1024;

export const MAXIMUM_NAME_CHARACTERS = 1_024;
export const MAXIMUM_SPEAKER_CHARACTERS = 256;
export const MAXIMUM_METADATA_CHARACTERS = 4_096;
const LAST_MOMENT_MS = 8_640_000_000_000_000;
export const MAXIMUM_KEY_CHARACTERS = 128;

/** What an append does to documents beside adding text to them. */
export interface DocumentChanges {
  /** Of each item, the version of its document that it is a part of; null for one that adds to the document as it is. */
  readonly versions: readonly (NewVersion | null)[];
  /** Paths of documents that are removed. */
  readonly removes: readonly string[];
}

export const NO_CHANGES: DocumentChanges = Object.freeze({ versions: [], removes: [] });

/**
 * Everything that can be said of a delta without looking at the session: its UTF-8 bytes of text when it may be appended.
 * @param changes Whether what comes with it is an append, too, when it has no items at all.
 * @throws ContractError CONTRACT_VERSION_UNKNOWN, INPUT_INVALID, DELTA_EMPTY, DELTA_TOO_LARGE, TEXT_INVALID
 */
export function checkDelta(delta: Delta, { versions, removes }: DocumentChanges = NO_CHANGES): number {
  const { from, through } = CONTRACT_VERSIONS;
  if (delta.contractVersion < from || delta.contractVersion > through) {
    throw new ContractError(
      'CONTRACT_VERSION_UNKNOWN',
      `contract version ${delta.contractVersion} is not spoken here; this stage speaks versions ${from} to ${through}`,
      { from, through },
    );
  }
  checkKey(delta.idempotencyKey);
  if (delta.items.length > MAXIMUM_ITEMS) {
    throw new ContractError('DELTA_TOO_LARGE', `at most ${MAXIMUM_ITEMS} items, got ${delta.items.length}`, {
      maximumItems: MAXIMUM_ITEMS,
    });
  }
  let sizeBytes = 0;
  for (const item of delta.items) sizeBytes += utf8Bytes(item.text);
  const isRemoval = delta.items.length === 0 && removes.length > 0;
  if (sizeBytes === 0 && !isRemoval) throw new ContractError('DELTA_EMPTY', 'the delta carries no text');
  if (sizeBytes > MAXIMUM_DELTA_BYTES) {
    throw new ContractError('DELTA_TOO_LARGE', `at most ${MAXIMUM_DELTA_BYTES} bytes of text, got ${sizeBytes}`, {
      maximumBytes: MAXIMUM_DELTA_BYTES,
      sizeBytes,
    });
  }
  for (const [index, item] of delta.items.entries()) {
    checkItem(item, index);
    if (delta.contractVersion === 1) checkVersion1(item, index);
    const isEmptyVersion = item.text === '' && (versions[index] ?? null) !== null;
    if (isEmptyVersion) throw invalid({ index, kind: item.kind, field: 'text' }, 'a version of a document has text');
  }
  return sizeBytes;
}

/** @throws ContractError INPUT_INVALID */
export function checkKey(key: string): void {
  if (key.length >= 1 && key.length <= MAXIMUM_KEY_CHARACTERS && key.isWellFormed()) return;
  throw new ContractError('INPUT_INVALID', `idempotencyKey: 1 to ${MAXIMUM_KEY_CHARACTERS} characters`, {
    argument: 'idempotencyKey',
  });
}

/** @throws ContractError INPUT_INVALID, TEXT_INVALID */
export function checkQuestion(question: string, argument: string): void {
  if (question.length < 1 || question.length > MAXIMUM_QUESTION_CHARACTERS) {
    const range = `1 to ${MAXIMUM_QUESTION_CHARACTERS} characters`;
    throw new ContractError('INPUT_INVALID', `${argument}: ${range}, got ${question.length}`, { argument });
  }
  checkText(question, { argument });
}

function checkItem(item: DeltaItem, index: number): void {
  checkText(item.text, { item: index });
  const place = { index, kind: item.kind };
  const name = item.kind === 'file' ? 'path' : 'title';
  checkWords(nameOf(item), MAXIMUM_NAME_CHARACTERS, { ...place, field: name });
  checkWords(speakerOf(item), MAXIMUM_SPEAKER_CHARACTERS, { ...place, field: 'speaker' });
  checkWords(item.metadata, MAXIMUM_METADATA_CHARACTERS, { ...place, field: 'metadata' });
  const { occurredAtMs } = item;
  if (occurredAtMs === null || (Number.isSafeInteger(occurredAtMs) && Math.abs(occurredAtMs) <= LAST_MOMENT_MS)) return;
  throw invalid({ ...place, field: 'occurredAt' }, 'a moment that a date can hold');
}

/** What an item of version 1 cannot say is not thrown away in silence. */
function checkVersion1(item: DeltaItem, index: number): void {
  const said = { speaker: speakerOf(item), occurredAt: item.occurredAtMs, metadata: item.metadata };
  const field = Object.entries(said).find(([, value]) => value !== null)?.[0];
  if (field !== undefined) throw invalid({ index, kind: item.kind, field }, 'contract version 2 says this, not 1');
}

/** @throws ContractError INPUT_INVALID, TEXT_INVALID */
export function checkPath(path: string, argument: string): void {
  if (path.length < 1 || path.length > MAXIMUM_NAME_CHARACTERS) {
    throw new ContractError('INPUT_INVALID', `${argument}: 1 to ${MAXIMUM_NAME_CHARACTERS} characters`, { argument });
  }
  checkText(path, { argument });
}

interface FieldPlace {
  readonly index: number;
  readonly kind: DeltaItem['kind'];
  readonly field: string;
}

function checkWords(words: string | null, maximum: number, place: FieldPlace): void {
  if (words === null) return;
  if (words.length < 1 || words.length > maximum) throw invalid(place, `1 to ${maximum} characters`);
  checkText(words, { item: place.index });
}

function invalid({ index, kind, field }: FieldPlace, what: string): ContractError {
  const argument = `items[${index}].${kind}.${field}`;
  return new ContractError('INPUT_INVALID', `${argument}: ${what}`, { argument });
}

function speakerOf(item: DeltaItem): string | null {
  return item.kind === 'message' ? item.speaker : null;
}

/** Path or title of an item, null when it has none. */
export function nameOf(item: DeltaItem): string | null {
  if (item.kind === 'file') return item.path;
  return item.kind === 'text' ? item.title : null;
}

/**
 * @param place What the error says of where the text is, beside the offset in it.
 * @throws ContractError TEXT_INVALID with the offset of the first lone surrogate or NUL, in UTF-16 units
 */
export function checkText(text: string, place: Readonly<Record<string, string | number>>): void {
  const nul = text.indexOf('\0');
  if (nul === -1 && text.isWellFormed()) return;
  const surrogate = text.search(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/);
  const isNul = nul !== -1 && (surrogate === -1 || nul < surrogate);
  const offset = isNul ? nul : surrogate;
  const where = Object.entries(place)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  throw new ContractError('TEXT_INVALID', `${where}: ${isNul ? 'NUL' : 'a lone surrogate'} at offset ${offset}`, {
    ...place,
    offset,
  });
}
