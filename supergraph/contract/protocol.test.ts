import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode as pack, decode as unpack } from '@msgpack/msgpack';
import { describe, expect, it } from 'vitest';
import { KIND } from './encode.ts';
import { FRAGMENTS, SUMMARIES } from './golden/values-v1.ts';
import { DELTAS, TOKEN_EVENTS, WORKING_SETS } from './golden/values-v2.ts';
import * as contract from './index.ts';
import {
  CONTRACT_HEADER,
  CONTRACT_VERSIONS,
  ContractError,
  ERRORS,
  type Hop,
  REQUEST_ERRORS,
  WRITTEN_VERSIONS,
} from './index.ts';

const PROTOCOL = readFileSync(join(import.meta.dirname, 'PROTOCOL.md'), 'utf8');
const sections = new Map(PROTOCOL.split(/^## /m).map((section) => [section.split('\n', 1)[0] ?? '', section]));

/** A section's table without its head: the cells of each row, the first without its backticks. */
function rowsOf(section: string): string[][] {
  const lines = (sections.get(section) ?? '').split('\n').filter((line) => line.startsWith('| `'));
  return lines.map((line) => {
    const [first = '', ...others] = line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim());
    return [first.replaceAll('`', ''), ...others];
  });
}

interface Message {
  readonly section: string;
  readonly kind: keyof typeof KIND;
  readonly values: readonly object[];
  readonly encode: (value: never) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => object;
}

const MESSAGES: readonly Message[] = [
  {
    section: 'Delta',
    kind: 'delta',
    // One item each: the order of the bytes is that within an item.
    values: Object.values(DELTAS).flatMap((delta) => delta.items.map((item) => ({ ...delta, items: [item] }))),
    encode: contract.encodeDelta,
    decode: contract.decodeDelta,
  },
  {
    section: 'Fragment',
    kind: 'fragment',
    values: Object.values(FRAGMENTS).filter(({ text }) => text.length < 1_024),
    encode: contract.encodeFragment,
    decode: contract.decodeFragment,
  },
  {
    section: 'Summary',
    kind: 'summary',
    values: Object.values(SUMMARIES),
    encode: contract.encodeSummary,
    decode: contract.decodeSummary,
  },
  {
    section: 'WorkingSet',
    kind: 'workingSet',
    values: Object.values(WORKING_SETS),
    encode: contract.encodeWorkingSet,
    decode: contract.decodeWorkingSet,
  },
  {
    section: 'TokenEvent',
    kind: 'tokenEvent',
    values: Object.values(TOKEN_EVENTS),
    encode: contract.encodeTokenEvent,
    decode: contract.decodeTokenEvent,
  },
];

/** Every place in a payload, outermost first, in the order of the bytes. */
function placesIn(packed: unknown, place: readonly number[] = []): (readonly number[])[] {
  const inner = Array.isArray(packed) ? packed.flatMap((value, index) => placesIn(value, [...place, index])) : [];
  return [place, ...inner];
}

function replaced(packed: unknown, place: readonly number[], by: unknown): unknown {
  const [index, ...rest] = place;
  return index === undefined ? by : (packed as unknown[]).with(index, replaced((packed as unknown[])[index], rest, by));
}

/** The decoder's own complaint about one value at one place, null when it takes it. */
function complaint(message: Message, packed: unknown, place: readonly number[], by: unknown): ContractError | null {
  const payload = pack([KIND[message.kind], replaced(packed, place, by)]);
  try {
    message.decode(new Uint8Array([WRITTEN_VERSIONS[message.kind], 0, ...payload]));
    return null;
  } catch (error) {
    if (error instanceof ContractError) return error;
    throw error;
  }
}

/** Path -> form of every field of one value in the order of the bytes, learned by making each place wrong in turn. */
function formsOf(message: Message, value: object): Map<string, string> {
  const packed = (unpack(message.encode(value as never).subarray(2)) as unknown[])[1];
  const forms = new Map<string, string>();
  for (const place of placesIn(packed)) {
    const wrong = complaint(message, packed, place, {});
    const [path = '', form = ''] = wrong?.message.split(': expected ') ?? [];
    if (/^a list of \d+ fields$/.test(form)) continue;
    const orNull = complaint(message, packed, place, null) === null ? ' or null' : '';
    forms.set(path.replace(`${message.kind}.`, '').replaceAll(/\[\d+\]/g, '[]'), `${form}${orNull}`);
  }
  return forms;
}

/** `file (`path`, `text`)` for each value of each variant: what follows which tag. */
function variantsOf(value: object): string[] {
  const inner = Object.values(value).flatMap((field) =>
    Array.isArray(field) ? field.filter((one) => typeof one === 'object') : [],
  );
  return [value, ...inner].flatMap((one: Record<string, unknown>) => {
    const { type, kind } = one;
    const tag = type ?? kind;
    if (typeof tag !== 'string' || 'verbatim' in one) return [];
    const shared = ['type', 'kind', 'contractVersion', 'generationId', 'sequence'];
    const own = Object.keys(one).filter((name) => !shared.includes(name));
    return own.length === 0 ? [tag] : [`${tag} (${own.map((name) => `\`${name}\``).join(', ')})`];
  });
}

describe('PROTOCOL.md', () => {
  it.each(MESSAGES)('gives every field of a $section the form the decoder demands, and no other field', (message) => {
    const written = rowsOf(message.section).map(([path, form]) => [path, form]);
    const demanded = new Map(message.values.flatMap((value) => [...formsOf(message, value)]));
    expect(demanded.size).toBeGreaterThan(4);
    expect(Object.fromEntries(written)).toEqual(Object.fromEntries(demanded));
    expect(written).toHaveLength(demanded.size);
  });

  it.each(MESSAGES)('has the fields of a $section in the order of the bytes', (message) => {
    const written = rowsOf(message.section).map(([path]) => path);
    for (const value of message.values) {
      const inBytes = [...formsOf(message, value).keys()];
      expect(written.filter((path) => inBytes.includes(path ?? ''))).toEqual(inBytes);
    }
  });

  it.each(MESSAGES)('says what follows each variant of a $section, and the golden bytes hold each one', (message) => {
    const tags = rowsOf(message.section).filter(([, , meaning]) => meaning?.startsWith('followed by its fields:'));
    const held = new Set(message.values.flatMap(variantsOf));
    const written = tags.flatMap(([, , meaning = '']) => meaning.replace(/^.*?: /, '').split('; '));
    expect(new Set(written)).toEqual(held);
    const names = tags.flatMap(([, form = '']) => form.replace('one of ', '').split(', '));
    expect(written.map((variant) => variant.split(' ')[0])).toEqual(names);
  });

  it('numbers the kinds of messages as the bytes do', () => {
    for (const { section, kind } of MESSAGES) expect(sections.get('Bytes')).toContain(`${KIND[kind]} ${section}`);
  });

  it('says of every field of a Hop what it is, and of no other', () => {
    const fields: Readonly<Record<keyof Required<Hop>, true>> = {
      stage: true,
      version: true,
      name: true,
      startedAtMs: true,
      durationMs: true,
      shard: true,
      tokens: true,
      sizeBytes: true,
      cacheHit: true,
    };
    expect(rowsOf('Hop').map(([name]) => name)).toEqual(Object.keys(fields));
  });

  it('names no code that does not exist', () => {
    const codes = [...PROTOCOL.matchAll(/`([A-Z]+(?:_[A-Z]+)*)`/g)].map((match) => match[1] ?? '');
    expect(codes.length).toBeGreaterThan(20);
    const known = new Set([...Object.keys(ERRORS), ...Object.keys(REQUEST_ERRORS)]);
    expect(codes.filter((code) => !known.has(code))).toEqual([]);
    expect(Object.keys(REQUEST_ERRORS).filter((code) => !codes.includes(code))).toEqual([]);
  });

  it('says which versions are spoken and how a request names one', () => {
    expect(PROTOCOL).toContain(`speaks ${CONTRACT_VERSIONS.from} to ${CONTRACT_VERSIONS.through}`);
    expect(PROTOCOL).toContain(`\`${CONTRACT_HEADER}\``);
  });
});
