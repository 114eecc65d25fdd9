import { readFileSync } from 'node:fs';

/** Told in one line, without a stack: what is wrong is not this program. */
export class BadInput extends Error {}

/** What `read` gives. @throws BadInput with the code of the system when the file or folder cannot be read */
export function readable<Value>(path: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (typeof code !== 'string') throw error;
    throw new BadInput(
      `${path}: ${code === 'ENOENT' ? 'there is no such file or folder' : `cannot be read (${code})`}`,
    );
  }
}

/** An object of one line of a file, read field by field; what is not as it should be says file and line. */
export class JsonLine {
  readonly #file: string;
  readonly #number: number;
  readonly #fields: Readonly<Record<string, unknown>>;

  /** @throws BadInput when the line holds no JSON object */
  constructor(file: string, number: number, text: string) {
    this.#file = file;
    this.#number = number;
    this.#fields = this.#parsed(text);
  }

  #parsed(text: string): Readonly<Record<string, unknown>> {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return this.fail('is not JSON');
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return this.fail('is not a JSON object');
    return value as Readonly<Record<string, unknown>>;
  }

  /** @throws BadInput always */
  fail(what: string): never {
    throw new BadInput(`${this.#file}:${this.#number}: ${what}`);
  }

  /** A text that is there and says something. */
  text(field: string): string {
    return this.optionalText(field) ?? this.fail(`has no "${field}"`);
  }

  optionalText(field: string): string | null {
    const value = this.#fields[field];
    if (value === undefined || value === null) return null;
    if (typeof value !== 'string' || value.trim() === '') return this.fail(`"${field}" is not a text`);
    return value.toWellFormed();
  }

  /** A text or a number, as text. */
  key(field: string): string {
    return keyOf(this.#fields[field]) ?? this.fail(`has no "${field}"`);
  }

  /** A list of texts or numbers, as texts. */
  keys(field: string): string[] {
    const value = this.#fields[field];
    if (!Array.isArray(value)) return this.fail(`"${field}" is not a list`);
    return value.map((one: unknown) => keyOf(one) ?? this.fail(`"${field}" holds something that is no id`));
  }

  /** A text, or a list of texts; an empty list when it is not there. */
  texts(field: string): string[] {
    const value = this.#fields[field];
    if (value === undefined || value === null) return [];
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    return list.map((one) => (typeof one === 'string' ? one.toWellFormed() : this.fail(`"${field}" is not text`)));
  }
}

function keyOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

/**
 * The objects of a file of JSON lines; empty lines are passed over.
 *
 * @throws BadInput when there is no such file, or a line is no object, or no line is there
 */
export function readJsonLines(file: string): JsonLine[] {
  const text = readable(file, () => readFileSync(file, 'utf8'));
  const lines = text.split('\n').flatMap((line, at) => (line.trim() === '' ? [] : [new JsonLine(file, at + 1, line)]));
  if (lines.length === 0) throw new BadInput(`${file}: is empty`);
  return lines;
}
