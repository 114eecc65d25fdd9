import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ERRORS, REQUEST_ERRORS } from '@supercontext/contract';
import { expect, it } from 'vitest';
import { KNOWN_SETTINGS } from '../../infra/known-settings.ts';
import { errorsTable, requestErrorsTable } from './errors-table.ts';
import { costsTable, limitsTable } from './limits-table.ts';
import { firstSettingsTable, settingsTable } from './settings-table.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The cells of each row but those of the head. */
function cellsOf(table: string): string[][] {
  const rows = table.split('\n').slice(2);
  return rows.map((row) => row.slice(2, -2).split(' | '));
}

it('the table of settings has every variable that a process reads, each with a default, a range and a meaning', () => {
  const rows = cellsOf(settingsTable());
  const variables = new Set(rows.map(([variable = '']) => variable.replaceAll('`', '')));
  expect([...variables].filter((variable) => variable.startsWith('SUPERCONTEXT_')).sort()).toEqual(KNOWN_SETTINGS);
  for (const row of rows) expect(row.map((cell) => cell.length > 0)).toEqual([true, true, true, true, true]);
});

it('the table of settings does not depend on the machine it is made on', () => {
  const alone = { cwd: '/', encoding: 'utf8', env: { HOME: '/nowhere', PATH: process.env.PATH } } as const;
  const program = `import { settingsTable } from ${JSON.stringify(join(import.meta.dirname, 'settings-table.ts'))};
    console.log(settingsTable())`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module-typescript', '--eval', program], alone);
  expect(stdout.trim()).toBe(settingsTable());
  expect(stdout).not.toContain(ROOT);
});

it('what most people set is in the table of all', () => {
  const all = settingsTable();
  for (const [variable = ''] of cellsOf(firstSettingsTable())) expect(all).toContain(`| ${variable} |`);
});

it('the tables of errors have every code', () => {
  const listed = (table: string) => cellsOf(table).map(([code = '']) => code.replaceAll('`', ''));
  expect(listed(errorsTable())).toEqual(Object.keys(ERRORS));
  expect(listed(requestErrorsTable())).toEqual(Object.keys(REQUEST_ERRORS));
});

it('the tables of limits have bounds of more than nothing', () => {
  for (const [what, most] of cellsOf(limitsTable())) expect(`${what} ${most}`).toMatch(/[1-9]/);
  expect(limitsTable()).not.toMatch(/undefined|NaN/);
  expect(costsTable()).toContain('| `Subscription.generate` | 1 000 |');
});
