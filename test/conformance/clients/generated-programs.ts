import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printSchema } from 'graphql';
import loadApiSchema from '../../../codegen/load-api-schema.ts';
import { run } from './run-program.ts';

const ROOT = join(import.meta.dirname, '../../..');
const PROGRAMS = join(import.meta.dirname, 'programs');
const TYPES = join(ROOT, 'node_modules/@types');
const PACKAGES = join(import.meta.dirname, 'node_modules');

/** Writes what clients see of the graph, as SDL. */
export async function writeApiSchema(path: string): Promise<void> {
  writeFileSync(path, printSchema(await loadApiSchema(join(ROOT, 'supergraph/supergraph.graphql'))));
}

async function must(command: string, args: readonly string[], cwd: string): Promise<void> {
  const { isDone, stdout, stderr } = await run(command, args, { cwd });
  if (!isDone) throw new Error(`${command} ${args.join(' ')}\n${stderr}\n${stdout}`);
}

/** Has relay-compiler make its artifacts, CommonJS, in the folder `artifacts`; with `documentsPath` it puts the documents there, by MD5. */
export async function compileRelay({
  schemaPath,
  artifacts,
  documentsPath,
}: {
  readonly schemaPath: string;
  readonly artifacts: string;
  readonly documentsPath?: string;
}): Promise<void> {
  const src = `${artifacts}-source`;
  cpSync(join(PROGRAMS, 'relay'), src, { recursive: true });
  mkdirSync(artifacts);
  // It adds to a file that is there.
  if (documentsPath !== undefined) writeFileSync(documentsPath, '{}');
  const config = join(src, 'relay.config.json');
  const persistConfig = documentsPath === undefined ? {} : { persistConfig: { file: documentsPath } };
  const settings = {
    src,
    schema: schemaPath,
    language: 'javascript',
    artifactDirectory: artifacts,
    eagerEsModules: false,
    ...persistConfig,
  };
  writeFileSync(config, JSON.stringify(settings));
  await must(process.execPath, [join(PACKAGES, 'relay-compiler/cli.js'), config], src);
}

/** Has graphql-codegen make documents and types, checks and compiles the program with them; the path of the program. */
export async function generateWithPreset({
  schemaPath,
  folder,
}: {
  readonly schemaPath: string;
  readonly folder: string;
}): Promise<string> {
  cpSync(join(PROGRAMS, 'client-preset'), folder, { recursive: true });
  symlinkSync(PACKAGES, join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const output = { './gql/': { preset: 'client', config: { importExtension: '.js' } } };
  const codegen = { schema: schemaPath, documents: ['program.ts'], generates: output };
  writeFileSync(join(folder, 'codegen.json'), JSON.stringify(codegen));
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2024',
    strict: true,
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [TYPES],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }));
  const bin = join(ROOT, 'node_modules/.bin');
  await must(join(bin, 'graphql-codegen'), ['--config', 'codegen.json'], folder);
  await must(join(bin, 'tsc'), ['-p', 'tsconfig.json'], folder);
  return join(folder, 'program.js');
}
