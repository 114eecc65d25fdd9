// `npm run codegen` writes the tables of the documents from the code; `--check` only says which file is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { errorsTable, requestErrorsTable } from './errors-table.ts';
import { filled } from './fill-markers.ts';
import { costsTable, limitsTable } from './limits-table.ts';
import { firstSettingsTable, settingsTable } from './settings-table.ts';

const ROOT = join(import.meta.dirname, '../..');

/** What stands between which markers of which file. */
const DOCUMENTS: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  'README.md': { settings: firstSettingsTable },
  'SETTINGS.md': { settings: settingsTable },
  'FRONTEND.md': { limits: limitsTable, costs: costsTable },
  'supergraph/contract/ERRORS.md': { errors: errorsTable, 'request-errors': requestErrorsTable },
};

const { values } = parseArgs({ options: { check: { type: 'boolean' } } });
for (const [file, tables] of Object.entries(DOCUMENTS)) {
  const path = join(ROOT, file);
  const text = readFileSync(path, 'utf8');
  let wanted = text;
  for (const [name, table] of Object.entries(tables)) wanted = filled(wanted, name, table());
  if (wanted === text) continue;
  if (values.check === true) {
    console.error(`${file} is stale: run \`npm run codegen\``);
    process.exitCode = 1;
  } else {
    writeFileSync(path, wanted);
    console.error(`wrote ${file}`);
  }
}
