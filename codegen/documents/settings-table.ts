import { join, relative, resolve } from 'node:path';
import { SETTINGS as COMPRESSION } from '@supercontext/compression/config.ts';
import { URL_SETTING } from '@supercontext/console-terminal/config.ts';
import { SETTINGS as CONTEXT } from '@supercontext/context/config.ts';
import { SETTINGS as FETCH_WEIGHTS } from '@supercontext/embed/weights/config.ts';
import { SETTINGS as GATEWAY } from '@supercontext/gateway/config.ts';
import { SETTINGS as REASONING } from '@supercontext/reasoning/config.ts';
import type { Setting } from '@supercontext/runtime/config.ts';
import { SETTINGS as STORE } from '@supercontext/store/config.ts';
import { code, markdownTable } from './markdown-table.ts';

/** What the table needs of a setting. */
interface Declared extends Omit<Setting<unknown>, 'parse'> {
  readonly parse: { readonly takes: string };
}

const ROOT = join(import.meta.dirname, '../..');

/** Who reads settings, in the order of the table. */
const READERS: Readonly<Record<string, object>> = {
  gateway: GATEWAY,
  context: CONTEXT,
  store: STORE,
  compression: COMPRESSION,
  reasoning: REASONING,
  'the set-up': FETCH_WEIGHTS,
  'the command': { URL_SETTING },
};
const PROCESSES = 5;

/** What most people set, and in this order. */
const FIRST = [
  'DATA',
  'GATEWAY_PORT',
  'HOST',
  'ALLOW_REMOTE',
  'HOSTS',
  'CORS_ORIGINS',
  'MODEL',
  'MODEL_PATH',
  'MODEL_URL',
  'MODEL_KEY',
].map((name) => `SUPERCONTEXT_${name}`);

interface Row {
  readonly variable: string;
  readonly standard: string;
  readonly takes: string;
  readonly meaning: string;
  readonly readers: readonly string[];
}

/**
 * Every setting of every process: one row for a variable, and another one where a process means something else by it.
 * Those that all processes read come first.
 */
export function settingsTable(): string {
  const rows = settings();
  const everybodys = rows.filter(({ readers }) => readers.length >= PROCESSES);
  const others = rows.filter(({ readers }) => readers.length < PROCESSES);
  return markdownTable(
    ['variable', 'default', 'takes', 'read by', 'meaning'],
    [...everybodys, ...others].map(({ variable, standard, takes, readers, meaning }) => [
      code(variable),
      standard,
      takes,
      readers.length >= PROCESSES ? 'all five' : readers.join(', '),
      meaning,
    ]),
  );
}

/** The few that most people set. */
export function firstSettingsTable(): string {
  const rows = settings();
  return markdownTable(
    ['variable', 'default', 'takes', 'meaning'],
    FIRST.map((variable) => {
      const row = rows.find((candidate) => candidate.variable === variable);
      if (row === undefined) throw new Error(`no process reads ${variable}`);
      return [code(variable), row.standard, row.takes, row.meaning];
    }),
  );
}

function settings(): readonly Row[] {
  const rows: (Row & { readers: string[] })[] = [];
  for (const [reader, table] of Object.entries(READERS)) {
    for (const setting of Object.values(table) as Declared[]) {
      const { variable, parse, meaning } = setting;
      const row = { variable, standard: standardOf(setting), takes: parse.takes, meaning };
      const same = rows.find(
        (known) =>
          known.variable === variable &&
          known.standard === row.standard &&
          known.takes === row.takes &&
          known.meaning === meaning,
      );
      if (same === undefined) rows.push({ ...row, readers: [reader] });
      else same.readers.push(reader);
    }
  }
  return rows;
}

/** What holds when a variable is unset. @throws Error for a default whose value says nothing, and that no word explains */
function standardOf({ variable, fallback, otherwise }: Declared): string {
  if (otherwise !== undefined) return otherwise;
  if (fallback === null || (Array.isArray(fallback) && fallback.length === 0)) return 'none';
  if (fallback === undefined || fallback === '') throw new Error(`${variable}: "otherwise" has to say what holds`);
  const shown = String(fallback);
  return code(/^\.?\//.test(shown) ? relative(ROOT, resolve(ROOT, shown)) : shown);
}
