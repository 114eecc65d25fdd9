import { Environment, Interpreter, Template } from '@huggingface/jinja';

/** What a chat template may use up; those of real models take some hundred steps and some thousand characters. */
const LIMITS = {
  sourceCharacters: 1 << 18,
  steps: 200_000,
  milliseconds: 1_000,
  characters: 1 << 18,
  elements: 1 << 16,
};
/** Steps between two looks at the clock. */
const LOOK_EVERY = 64;

interface Value {
  readonly value: unknown;
}

/** What is used of the library's interpreter, whose own types cannot be resolved from outside its package. */
interface StepwiseInterpreter {
  run(program: unknown): Value;
  evaluate(statement: unknown, environment: unknown): Value;
}

const LibraryInterpreter = Interpreter as unknown as new (environment: unknown) => StepwiseInterpreter;

/** A template as the library has parsed it. */
export interface ParsedTemplate {
  readonly program: unknown;
}

/** Thrown for a template that does not end, or makes more than any prompt is. */
export class TemplateTooLong extends Error {
  constructor(what: string) {
    super(`it goes beyond ${what}`);
    this.name = 'TemplateTooLong';
  }
}

/** The library's interpreter, which ends: it counts its steps, looks at the clock and at the size of every value. */
class BoundedInterpreter extends LibraryInterpreter {
  readonly #endMs = performance.now() + LIMITS.milliseconds;
  #steps = 0;

  override evaluate(statement: unknown, environment: unknown): Value {
    this.#steps += 1;
    if (this.#steps > LIMITS.steps) throw new TemplateTooLong(`${LIMITS.steps} steps`);
    if (this.#steps % LOOK_EVERY === 0 && performance.now() > this.#endMs) {
      throw new TemplateTooLong(`${LIMITS.milliseconds} ms`);
    }
    const value = super.evaluate(statement, environment);
    const held = value.value;
    if (typeof held === 'string' && held.length > LIMITS.characters) {
      throw new TemplateTooLong(`${LIMITS.characters} characters`);
    }
    if (Array.isArray(held) && held.length > LIMITS.elements) throw new TemplateTooLong(`${LIMITS.elements} elements`);
    return value;
  }
}

/** Throws what is wrong with the source. */
export function parseTemplate(source: string): ParsedTemplate {
  if (source.length > LIMITS.sourceCharacters) throw new TemplateTooLong(`${LIMITS.sourceCharacters} characters`);
  return { program: new Template(source).parsed };
}

/** Throws `TemplateTooLong`, or what the template itself raises. */
export function renderTemplate({ program }: ParsedTemplate, variables: Readonly<Record<string, unknown>>): string {
  const environment = new Environment();
  const constants = { false: false, true: true, none: null, False: false, True: true, None: null };
  for (const [name, value] of Object.entries({ ...constants, ...FUNCTIONS, ...variables }))
    environment.set(name, value);
  return String(new BoundedInterpreter(environment).run(program).value);
}

/** The library's own functions of these names have no bounds, or are not to be had. */
const FUNCTIONS = {
  raise_exception(message: unknown): never {
    throw new Error(String(message));
  },
  range(first: number, second?: number, step = 1): number[] {
    const [start, stop] = second === undefined ? [0, first] : [first, second];
    const count = Math.ceil((stop - start) / step);
    if (!(count <= LIMITS.elements)) throw new TemplateTooLong(`${LIMITS.elements} elements`);
    return Array.from({ length: Math.max(0, count) }, (_, index) => start + index * step);
  },
  strftime_now(format: string): string {
    return formatDate(new Date(), String(format));
  },
};

/** The fields that chat templates use, in English and local time. */
function formatDate(date: Date, format: string): string {
  const in2 = (value: number): string => String(value).padStart(2, '0');
  const named = (options: Intl.DateTimeFormatOptions): string => date.toLocaleDateString('en-US', options);
  const fields: Readonly<Record<string, () => string>> = {
    '%Y': () => String(date.getFullYear()),
    '%m': () => in2(date.getMonth() + 1),
    '%d': () => in2(date.getDate()),
    '%H': () => in2(date.getHours()),
    '%M': () => in2(date.getMinutes()),
    '%S': () => in2(date.getSeconds()),
    '%B': () => named({ month: 'long' }),
    '%b': () => named({ month: 'short' }),
    '%A': () => named({ weekday: 'long' }),
    '%a': () => named({ weekday: 'short' }),
  };
  return format.replaceAll(/%[a-zA-Z]/g, (field) => fields[field]?.() ?? field);
}
