// `npm run check`: format and lint, types, stale generated files, unused code. Runs all of them, then says what failed.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

const CHECKS: readonly (readonly [what: string, command: string, ...args: string[]])[] = [
  ['format and lint', 'biome', 'ci', '--colors=off', '--error-on-warnings', '.'],
  ['types of servers and tests', 'tsc', '-p', 'tsconfig.json'],
  ['types of the console', 'tsc', '-p', 'console/web/tsconfig.json'],
  ['the supergraph and the API schema are what the subgraphs compose to', 'node', 'supergraph/compose.ts', '--check'],
  ['generated code is what the schemas say', 'graphql-codegen', '--config', 'codegen/codegen.ts', '--check'],
  ['the tables of the documents are what the code says', 'node', 'codegen/documents/main.ts', '--check'],
  ['no unused files, exports or dependencies', 'knip', '--no-progress'],
];

let failed = 0;
for (const [what, command, ...args] of CHECKS) {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(join(ROOT, 'node_modules/.bin', command), args, {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const seconds = ((performance.now() - start) / 1_000).toFixed(1);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${what} (${seconds} s)`);
  if (status === 0) continue;
  failed += 1;
  console.log(`${stdout}\n${stderr}`.trim());
}
process.exit(failed === 0 ? 0 : 1);
