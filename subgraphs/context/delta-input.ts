import {
  CONTRACT_VERSION,
  ContractError,
  type Delta,
  type DeltaItem,
  type Role,
  type Said,
} from '@supercontext/contract';
import type { AppendContextInput, DeltaItemInput, FileInput } from './generated/resolvers.ts';

/** The longest time that is read: one with nanoseconds, an offset and a zone is shorter. */
const MAXIMUM_TIME_CHARACTERS = 64;

/**
 * The graph's delta as the contract writes it down. Who speaks a version may leave out that its delta does.
 * @param spoken The contract version that the caller names for all it asks
 * @throws ContractError INPUT_INVALID
 */
export function deltaOf(input: AppendContextInput, spoken: number = CONTRACT_VERSION): Delta {
  const { contractVersion = CONTRACT_VERSION, baseRevision = null } = input;
  const version = contractVersion === CONTRACT_VERSION ? spoken : contractVersion;
  return { ...input, contractVersion: version, baseRevision, items: input.items.map(itemOf) };
}

/** @throws ContractError INPUT_INVALID unless exactly one of the three is there, and when a time is none */
function itemOf(input: DeltaItemInput, index: number): DeltaItem {
  const items: DeltaItem[] = [];
  const { file, message, text } = input;
  if (file) items.push({ kind: 'file', path: file.path, text: file.text, ...said(file, `items[${index}].file`) });
  if (message) {
    const role = message.role.toLowerCase() as Role;
    const speaker = message.speaker ?? null;
    items.push({ kind: 'message', role, speaker, text: message.text, ...said(message, `items[${index}].message`) });
  }
  if (text)
    items.push({ kind: 'text', title: text.title ?? null, text: text.text, ...said(text, `items[${index}].text`) });
  const [item] = items;
  if (item !== undefined && items.length === 1) return item;
  throw new ContractError('INPUT_INVALID', `items[${index}]: exactly one of file, message and text`, {
    argument: `items[${index}]`,
  });
}

function said({ occurredAt, metadata }: Pick<FileInput, 'occurredAt' | 'metadata'>, item: string): Said {
  return {
    occurredAtMs: occurredAt == null ? null : momentOf(occurredAt, `${item}.occurredAt`),
    metadata: metadata ?? null,
  };
}

/**
 * ISO 8601 as milliseconds since 1970: a moment with its offset, or a date with or without a time, which is then one of UTC.
 * @throws ContractError INPUT_INVALID naming `argument`
 */
export function momentOf(time: string, argument: string): number {
  const moment = time.length <= MAXIMUM_TIME_CHARACTERS ? (instant(time) ?? utc(time)) : null;
  if (moment !== null) return moment;
  throw new ContractError('INPUT_INVALID', `${argument}: a time as ISO 8601 has it, like 2026-05-04T10:30:00Z`, {
    argument,
  });
}

function instant(time: string): number | null {
  try {
    return Temporal.Instant.from(time).epochMilliseconds;
  } catch {
    return null;
  }
}

/** A time zone without an offset is not UTC's, and would be passed over. */
function utc(time: string): number | null {
  if (time.includes('[')) return null;
  try {
    return Temporal.PlainDateTime.from(time).toZonedDateTime('UTC').epochMilliseconds;
  } catch {
    return null;
  }
}
