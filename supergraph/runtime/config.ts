import { accessSync, constants, statSync } from 'node:fs';

/** Turns one variable's text into its value; throws an Error that says what was expected. */
export interface Parser<T> {
  (text: string): T;
  /** What it takes, in words for the table of settings: the range, the choices, the form. */
  readonly takes: string;
}

export interface Setting<T> {
  /** The environment variable. */
  readonly variable: string;
  readonly parse: Parser<T>;
  /** Value when the variable is unset or empty; left out for values that two processes must agree on. */
  readonly fallback?: T;
  /** What holds when it is unset, in words for the table, where the value does not say it, as it depends on the machine. */
  readonly otherwise?: string;
  /** One line for the table in SETTINGS.md. */
  readonly meaning: string;
}

/** The whole configuration of a process, one row per value. */
export type Settings<T> = { readonly [Key in keyof T]: Setting<T[Key]> };

/** All that is wrong with a process's environment at once. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`configuration: ${faults.join('; ')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/**
 * Reads `env` by the table and freezes the result. Called once per process, by its `config.ts`.
 * @throws ConfigError naming variable, value and reason of every fault.
 */
export function readConfig<T extends object>(env: NodeJS.ProcessEnv, settings: Settings<T>): Readonly<T> {
  const faults: string[] = [];
  const config: Partial<T> = {};
  for (const key of Object.keys(settings) as (keyof T)[]) {
    const setting = settings[key];
    const text = env[setting.variable];
    if (text === undefined || text === '') {
      if ('fallback' in setting) config[key] = setting.fallback as T[typeof key];
      else faults.push(`${setting.variable} is not set and has no default (${setting.meaning})`);
      continue;
    }
    try {
      config[key] = setting.parse(text);
    } catch (error) {
      faults.push(settingFault(setting.variable, text, error));
    }
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.freeze(config as T);
}

/** A URL has secrets before an `@` and after a `?` or `#`, also one that is written so that no parser finds them there. */
const MAY_HOLD_SECRET = /[@?#]/;

/** The line for a setting that cannot be used, also one of which that turns out only when it is used. */
export function settingFault(variable: string, text: string, error: unknown): string {
  const isSecret = /KEY|SECRET|TOKEN|PGVECTOR/.test(variable) || MAY_HOLD_SECRET.test(text);
  const shown = isSecret ? '(hidden)' : JSON.stringify(text);
  return `${variable}=${shown}: ${error instanceof Error ? error.message : String(error)}`;
}

/** @param read throws an Error that says what was expected */
export function parser<T>(takes: string, read: (text: string) => T): Parser<T> {
  return Object.assign((value: string) => read(value), { takes });
}

export function text(takes = 'text'): Parser<string> {
  return parser(takes, (value) => value);
}

/** At least so many characters, since it can be guessed otherwise. */
export function secret(minimumCharacters: number): Parser<string> {
  const takes = `at least ${minimumCharacters} characters`;
  return parser(takes, (value) => {
    if (value.length < minimumCharacters) throw new Error(`expected ${takes}`);
    return value;
  });
}

export function integer(range: { readonly min: number; readonly max: number }): Parser<number> {
  return parser(`${grouped(range.min)}-${grouped(range.max)}`, (value) => {
    const number = Number(value);
    if (!/^-?\d+$/.test(value) || number < range.min || number > range.max) {
      throw new Error(`expected a whole number from ${range.min} to ${range.max}`);
    }
    return number;
  });
}

function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ' ');
}

/** The path of a file that can be read now. */
export function file(): Parser<string> {
  return parser('a file that can be read', (value) => {
    const found = statSync(value, { throwIfNoEntry: false });
    if (found === undefined) throw new Error('there is no such file');
    if (found.isDirectory()) throw new Error('expected a file, found a folder');
    try {
      accessSync(value, constants.R_OK);
    } catch {
      throw new Error('this user may not read this file');
    }
    return value;
  });
}

export function url(): Parser<string> {
  return urlThat('an http or https URL', ({ protocol }) => /^https?:$/.test(protocol));
}

/**
 * A URL in its one form, so that what is used is what was looked at: blanks around it, say, are no part of it, and would be one of
 * what is made by putting a path behind it.
 * @param hint what the fault says beside what was expected
 */
export function urlThat(takes: string, isTaken: (url: URL) => boolean, hint = ''): Parser<string> {
  return parser(takes, (value) => {
    const parsed = URL.canParse(value) ? new URL(value) : null;
    if (parsed === null || !isTaken(parsed)) throw new Error(`expected ${takes}${hint}`);
    return parsed.href;
  });
}

export function flag(): Parser<boolean> {
  return parser('1, true, 0 or false', (value) => {
    if (value === '1' || value === 'true') return true;
    if (value === '0' || value === 'false') return false;
    throw new Error('expected 1, true, 0 or false');
  });
}

export function oneOf<const Choice extends string>(...choices: readonly Choice[]): Parser<Choice> {
  return parser(choices.join(', '), (value) => {
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) throw new Error(`expected one of ${choices.join(', ')}`);
    return choice;
  });
}

/** A parser for a value that may be absent; give the setting `fallback: null`. */
export function optional<T>(parse: Parser<T>): Parser<T | null> {
  return parse;
}
