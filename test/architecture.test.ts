import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** The parts of the house, and which others each may import. A part always may import itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'supergraph/contract': [],
  'supergraph/text': [],
  'supergraph/tokens': ['supergraph/text'],
  'supergraph/runtime': ['supergraph/contract'],
  'supergraph/embed': ['supergraph/contract', 'supergraph/runtime'],
  'subgraphs/context': ['supergraph/contract', 'supergraph/text', 'supergraph/tokens', 'supergraph/runtime'],
  'subgraphs/store': ['supergraph/contract', 'supergraph/text', 'supergraph/runtime', 'supergraph/embed'],
  'subgraphs/compression': [
    'supergraph/contract',
    'supergraph/text',
    'supergraph/tokens',
    'supergraph/runtime',
    'supergraph/embed',
  ],
  'subgraphs/reasoning': ['supergraph/contract', 'supergraph/text', 'supergraph/runtime', 'supergraph/embed'],
  gateway: ['supergraph/contract', 'supergraph/runtime'],
  'codegen/client': [],
  'console/web': ['codegen/client', 'supergraph/text'],
  'console/terminal': ['codegen/client', 'supergraph/text'],
  infra: ['supergraph/contract', 'supergraph/runtime', 'codegen/client'],
};

/** Libraries that only some files may touch: everything else goes through a port. */
const HELD_BY: readonly { readonly library: RegExp; readonly holder: RegExp }[] = [
  { library: /^node:sqlite$/, holder: /^supergraph\/runtime\/sqlite\// },
  { library: /^gpt-tokenizer/, holder: /^supergraph\/tokens\// },
  { library: /^ioredis$/, holder: /^supergraph\/runtime\/redis\/node-connection\.ts$/ },
  { library: /^(pg|pgvector)$/, holder: /^subgraphs\/store\/search\/vectors\/pgvector\.ts$/ },
  { library: /^onnxruntime-node$/, holder: /^(subgraphs\/reasoning\/model\/onnx|supergraph\/embed\/)/ },
  { library: /^@ai-sdk\//, holder: /^subgraphs\/reasoning\/model\/remote\// },
  { library: /^@opentelemetry\/(sdk|exporter|resources)/, holder: /^supergraph\/runtime\/telemetry\// },
];

/** Named in READMEs, and there once something has run. */
const MADE_LATER = /^(data|dist|node_modules|generated)\//;

const MAXIMUM_LINES = 500;
const LONG_LINES = 300;
const MAXIMUM_SHARE_OF_LONG_FILES = 0.07;

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

/** Files of the repository, also those that are not committed yet. */
function git(...patterns: readonly string[]): string[] {
  const found = execFileSync('git', ['ls-files', '-co', '--exclude-standard', ...patterns], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return found
    .trim()
    .split('\n')
    .filter((path) => existsSync(join(ROOT, path)));
}

const sources: readonly Source[] = git('*.ts', '*.tsx')
  .filter((path) => !path.includes('/generated/') && !path.endsWith('.d.ts'))
  .map((path) => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    const imports = [
      ...text.matchAll(
        /(?:^|\n)\s*(?:import|export)\b[^'";]*?from\s*'([^']+)'|import\(\s*'([^']+)'\s*\)|(?:^|\n)import\s*'([^']+)'/g,
      ),
    ].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
    return { path, text, imports };
  });

const isTest = (path: string) => path.endsWith('.test.ts') || path.endsWith('.test.tsx') || path.startsWith('test/');

function partOf(path: string): string | undefined {
  return Object.keys(MAY_IMPORT).find((part) => path.startsWith(`${part}/`));
}

/** The part an import specifier leads to, undefined when it leads out of the house. */
function partImported(path: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return partOf(join(path, '..', specifier));
  const name = /^@supercontext\/([^/]+)/.exec(specifier)?.[1];
  if (name === undefined) return undefined;
  const folder: Readonly<Record<string, string>> = {
    contract: 'supergraph/contract',
    text: 'supergraph/text',
    tokens: 'supergraph/tokens',
    embed: 'supergraph/embed',
    runtime: 'supergraph/runtime',
    gateway: 'gateway',
    client: 'codegen/client',
    'console-web': 'console/web',
    'console-terminal': 'console/terminal',
  };
  return folder[name] ?? `subgraphs/${name}`;
}

describe('the house', () => {
  it('lets each part import only what its row of the table names', () => {
    const trespasses = sources.flatMap(({ path, imports }) => {
      const part = partOf(path);
      if (part === undefined || isTest(path)) return [];
      return imports
        .map((specifier) => partImported(path, specifier))
        .filter((imported) => imported !== undefined && imported !== part && !MAY_IMPORT[part]?.includes(imported))
        .map((imported) => `${path} imports ${imported}`);
    });
    expect(trespasses).toEqual([]);
  });

  it('finds a trespass when there is one', () => {
    expect(partImported('subgraphs/store/main.ts', '../context/log.ts')).toBe('subgraphs/context');
    expect(partImported('gateway/main.ts', '@supercontext/store/start.ts')).toBe('subgraphs/store');
    expect(partImported('infra/up.ts', '../subgraphs/store/start.ts')).toBe('subgraphs/store');
  });

  it('keeps each library behind the files that hold it', () => {
    const trespasses = sources.flatMap(({ path, imports }) =>
      HELD_BY.filter(
        ({ library, holder }) =>
          !isTest(path) && imports.some((specifier) => library.test(specifier)) && !holder.test(path),
      ).map(({ library }) => `${path} imports ${library.source}`),
    );
    expect(trespasses).toEqual([]);
  });

  it('reads the environment in config.ts only', () => {
    const readers = sources
      .filter(
        ({ path, text }) =>
          !isTest(path) && !path.startsWith('infra/') && basename(path) !== 'config.ts' && /process\.env\b/.test(text),
      )
      .map(({ path }) => path);
    expect(readers).toEqual([]);
  });

  it('prints and exits in main.ts only', () => {
    const talkers = sources
      .filter(
        ({ path, text }) =>
          !isTest(path) &&
          !path.startsWith('infra/') &&
          !/(^|\/)(main|run-main|compose)\.ts$/.test(path) &&
          /\bconsole\.\w+\(|process\.exit\(/.test(text),
      )
      .map(({ path }) => path);
    expect(talkers).toEqual([]);
  });

  it('has no drawers: a folder is named for what is in it', () => {
    const drawers = sources.filter(({ path }) =>
      /(^|\/)(shared|common|core|lib|utils|helpers|types|misc)\//.test(path),
    );
    expect(drawers.map(({ path }) => path)).toEqual([]);
  });

  it('names no file or folder in a README that is not there', () => {
    const tracked = git('*');
    const folders = new Set(
      tracked.flatMap((path) => path.split('/').map((_, at, names) => names.slice(0, at).join('/'))),
    );
    const isThere = (name: string, readme: string) => {
      const wanted = name.replace(/\/$/, '');
      const part = partOf(readme) ?? dirname(readme);
      const paths = name.endsWith('/') ? [...folders] : tracked;
      return paths.some(
        (path) => path === wanted || (path.startsWith(part === '.' ? '' : part) && path.endsWith(`/${wanted}`)),
      );
    };
    const missing = git('*.md').flatMap((readme) =>
      [...readFileSync(join(ROOT, readme), 'utf8').matchAll(/`([\w./-]+(?:\.(?:ts|tsx|mjs|graphql)|\/))`/g)]
        .map(([, name = '']) => name)
        .filter((name) => !name.startsWith('/') && !MADE_LATER.test(name) && !isThere(name, readme))
        .map((name) => `${readme}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it('keeps files to one story each', () => {
    const sizes = sources.map(({ path, text }) => ({ path, lines: text.split('\n').length }));
    expect(sizes.filter(({ lines }) => lines > MAXIMUM_LINES)).toEqual([]);
    const long = sizes.filter(({ path, lines }) => lines > LONG_LINES && !isTest(path));
    expect(long.length / sizes.length, long.map(({ path }) => path).join(' ')).toBeLessThan(
      MAXIMUM_SHARE_OF_LONG_FILES,
    );
  });

  it('has no import circles, types counted, and no function over 70 lines', () => {
    expect(lint(ROOT)).toEqual([]);
  }, 60_000);

  it('finds a circle and a long function when there are some', () => {
    const folder = mkdtempSync(join(tmpdir(), 'house-'));
    try {
      copyFileSync(join(ROOT, 'biome.json'), join(folder, 'biome.json'));
      const body = '    work();\n'.repeat(71);
      writeFileSync(join(folder, 'one.ts'), "import type { Two } from './two.ts';\nexport type One = Two | null;\n");
      writeFileSync(join(folder, 'two.ts'), "import type { One } from './one.ts';\nexport type Two = One | null;\n");
      writeFileSync(join(folder, 'long.ts'), `export class Long {\n  method(work: () => void) {\n${body}  }\n}\n`);
      expect(lint(folder)).toEqual(['long.ts', 'one.ts', 'two.ts']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 60_000);
});

/** The files under `folder` in which the linter finds a circle or a function that is too long. */
function lint(folder: string): string[] {
  const { stdout, error } = spawnSync(
    join(ROOT, 'node_modules/.bin/biome'),
    ['lint', '--reporter=json', '--max-diagnostics=none', '.'],
    { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (error !== undefined) throw error;
  const { diagnostics } = JSON.parse(stdout) as {
    readonly diagnostics: readonly { readonly category: string; readonly location: { readonly path: string } }[];
  };
  const found = diagnostics.filter(({ category }) => /noImportCycles|noExcessiveLinesPerFunction/.test(category));
  return [...new Set(found.map(({ location }) => location.path))].sort();
}
