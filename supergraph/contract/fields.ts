import { ContractError } from './errors.ts';

/** How one field of a message goes into MessagePack and back. */
export interface Field<Value> {
  /** The value as MessagePack knows it. */
  pack(value: Value): unknown;
  /** @throws ContractError MESSAGE_MALFORMED naming `path` when `packed` is not such a value. */
  unpack(packed: unknown, path: string): Value;
}

export function malformed(path: string, expected: string): ContractError {
  return new ContractError('MESSAGE_MALFORMED', `${path}: expected ${expected}`, { field: path });
}

function field<Value>(expected: string, is: (packed: unknown) => packed is Value): Field<Value> {
  return {
    pack: (value) => value,
    unpack(packed, path) {
      if (!is(packed)) throw malformed(path, expected);
      return packed;
    },
  };
}

/** MessagePack's own decoder takes a byte order mark for an instruction and drops it; here it is a character like any other. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Well-formed Unicode. Comes out of MessagePack as the bytes of its UTF-8. */
export const text: Field<string> = {
  pack: (value) => value,
  unpack(packed, path) {
    if (packed instanceof Uint8Array) {
      try {
        return utf8.decode(packed);
      } catch {
        // Not UTF-8: said below.
      }
    }
    throw malformed(path, 'Unicode text');
  },
};

/** A whole number >= `least`. */
export function whole(least = 0): Field<number> {
  return field(
    `a whole number >= ${least}`,
    (packed): packed is number => Number.isSafeInteger(packed) && (packed as number) >= least,
  );
}

/** The last moment a date can hold, and before 1970 the first. */
const LAST_MOMENT_MS = 8_640_000_000_000_000;

/** A moment in milliseconds since 1970, before it below 0. */
export const moment: Field<number> = field(
  'milliseconds since 1970',
  (packed): packed is number => Number.isSafeInteger(packed) && Math.abs(packed as number) <= LAST_MOMENT_MS,
);

/** A finite number. */
export const real: Field<number> = field('a number', (packed): packed is number => Number.isFinite(packed));

/** A number from 0 to 1. */
export const share: Field<number> = field(
  'a number from 0 to 1',
  (packed): packed is number => typeof packed === 'number' && packed >= 0 && packed <= 1,
);

export const flag: Field<boolean> = field('true or false', (packed): packed is boolean => typeof packed === 'boolean');

/** One of a fixed list; packed as its place in the list, so a list is only ever added to at its end. */
export function choice<const Value extends string>(values: readonly Value[]): Field<Value> {
  return {
    pack: (value) => values.indexOf(value),
    unpack(packed, path) {
      const value = typeof packed === 'number' ? values[packed] : undefined;
      if (value === undefined) throw malformed(path, `one of ${values.join(', ')}`);
      return value;
    },
  };
}

export function nullable<Value>(inner: Field<Value>): Field<Value | null> {
  return {
    pack: (value) => (value === null ? null : inner.pack(value)),
    unpack: (packed, path) => (packed === null ? null : inner.unpack(packed, path)),
  };
}

export function list<Value>(inner: Field<Value>): Field<readonly Value[]> {
  return {
    pack: (values) => values.map((value) => inner.pack(value)),
    unpack(packed, path) {
      if (!Array.isArray(packed)) throw malformed(path, 'a list');
      return packed.map((value, index) => inner.unpack(value, `${path}[${index}]`));
    },
  };
}

type Fields<Message> = { readonly [Key in keyof Message]-?: Field<Message[Key]> };

/** A message or part of one: a list of its fields in the order of the table. */
export function struct<Message extends object>(fields: Fields<Message>): Field<Message> {
  const names = Object.keys(fields) as (keyof Message & string)[];
  return {
    pack: (message) => names.map((name) => fields[name].pack(message[name])),
    unpack(packed, path) {
      if (!Array.isArray(packed) || packed.length !== names.length) {
        throw malformed(path, `a list of ${names.length} fields`);
      }
      const message: Partial<Message> = {};
      names.forEach((name, index) => {
        message[name] = fields[name].unpack(packed[index], `${path}.${name}`);
      });
      return message as Message;
    },
  };
}

/** One of several structs, told apart by the value of the field `tag`; packed as that value's place, then its fields. */
export function variants<Tag extends string, Message extends Readonly<Record<Tag, string>>>(
  tag: Tag,
  cases: { readonly [Value in Message[Tag]]: Field<Omit<Extract<Message, Readonly<Record<Tag, Value>>>, Tag>> },
): Field<Message> {
  const names = Object.keys(cases) as Message[Tag][];
  return {
    pack: (message) => [names.indexOf(message[tag]), cases[message[tag]].pack(message as never)],
    unpack(packed, path) {
      const [place, fields] = Array.isArray(packed) && packed.length === 2 ? packed : [];
      const name = typeof place === 'number' ? names[place] : undefined;
      if (name === undefined) throw malformed(`${path}.${tag}`, `one of ${names.join(', ')}`);
      return { [tag]: name, ...cases[name].unpack(fields, path) } as unknown as Message;
    },
  };
}
