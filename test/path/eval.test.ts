import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../../infra/ports.ts';
import { post } from '../support/graph.ts';
import { runningPlatform } from '../support/running-platform.ts';

const COMMAND = join(import.meta.dirname, '../eval/eval.ts');
const TALK = [
  ['USER', 'The port of the ledger is 7443, and nobody but the clerks may use it.'],
  ['ASSISTANT', 'Understood: 7443 is for the clerks.'],
  ['USER', 'My sister Amara paints boats, most of them blue, down at the old harbour.'],
  ['ASSISTANT', 'That sounds like a quiet way to spend a summer.'],
] as const;
const DOCUMENTS = {
  'docs/close.md':
    '# Closing\n\nThe books are closed at ten in the evening by the youngest clerk.\n\nNobody opens them before dawn.\n',
  'docs/ink.md': '# Ink\n\nInk is bought in spring from the mill beyond the river.\n',
} as const;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'eval-'));
  mkdirSync(join(folder, 'sets'));
  const write = (name: string, values: readonly object[]) =>
    writeFileSync(join(folder, 'sets', name), values.map((value) => `${JSON.stringify(value)}\n`).join(''));
  write(
    'talk-1.jsonl',
    TALK.map(([role, text], id) => ({ id, group: id >> 1, role, occurredAt: '2026-05-04', text })),
  );
  write('talk-1.questions.jsonl', [
    { question: 'Which port has the ledger?', category: 'single', evidence: [0], answer: '7443' },
    { question: 'What does Amara paint, and where?', category: 'single', evidence: [2] },
    { question: 'Which port does the mill have?', category: 'absent', evidence: [] },
    { question: 'How old is Amara?', category: 'absent', evidence: [] },
  ]);
  write(
    'books-1.jsonl',
    Object.entries(DOCUMENTS).map(([path, text]) => ({ id: path, group: 'docs', path, text })),
  );
  write('books-1.questions.jsonl', [
    {
      question: 'Who closes the books in the evening?',
      category: 'single',
      evidence: ['docs/close.md'],
      passage: 'The books are closed at ten in the evening by the youngest clerk.',
    },
    {
      question: 'When is the ink bought?',
      category: 'single',
      evidence: ['docs/ink.md'],
      passage: 'Ink is bought in spring',
    },
  ]);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command to its end; `onError` sees what it says on its way. */
function run(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  onError: (said: string, child: ChildProcess) => void = () => {},
): Promise<Ended> {
  const { SUPERCONTEXT_URL: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [COMMAND, ...args], { env: { ...inherited, ...environment } });
  let out = '';
  let err = '';
  child.stdout.on('data', (bytes: Buffer) => {
    out += bytes;
  });
  child.stderr.on('data', (bytes: Buffer) => {
    err += bytes;
    onError(err, child);
  });
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, out, err })));
}

/** The cells of the row that begins so, of the table of a family. */
function row(out: string, family: string, name: string): string[] {
  const table = out.slice(out.indexOf(`## ${family}`));
  const line = table.split('\n').find((one) => one.startsWith(`| ${name} `));
  return (line ?? '')
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim());
}

describe('npm run eval, on a folder of sets', () => {
  it('starts a platform, asks it everything, and prints recall, tokens and times beside a peer', async () => {
    const json = join(folder, 'figures.json');
    const { status, out, err } = await run([
      join(folder, 'sets'),
      '--budgets',
      '256,2000',
      '--peers',
      'fts5',
      '--json',
      json,
    ]);
    expect(err).toContain('talk-1: 4 items, 4 questions');
    expect(status).toBe(0);
    expect(out).toContain('## talk: 4 questions, 2 answerable');
    expect(out).toContain('## books: 2 questions, 2 answerable');
    for (const family of ['talk', 'books']) {
      expect(row(out, family, 'working set')).toEqual(['100.0 [100-100]', '100.0 [100-100]', '100.0 [100-100]']);
      expect(row(out, family, 'working set, whole')).toEqual(['', '100.0 [100-100]', '100.0 [100-100]']);
      expect(row(out, family, 'fts5 packed')).toEqual(['100.0 [100-100]', '100.0 [100-100]', '100.0 [100-100]']);
      expect(Number(row(out, family, 'tokens')[2])).toBeGreaterThan(10);
      expect(row(out, family, 'p50 / p95, ms')[1]).toMatch(/^\d+ \/ \d+$/);
    }
    expect(out).toMatch(/\| absent +\| 2, 0 answerable +\| - +\| - /);
    expect(out).toMatch(/\| single +\| 2 +\| 100\.0 \| 100\.0 \/ 100\.0 /);
    expect(out).toMatch(
      /no confidence: the working set does not say how sure it is|\| confidence, (?:fit|report) half \(/,
    );
    expect(out).toContain('over budget 0, texts that do not stand in their fragment 0');
    const { figures, summaries } = JSON.parse(readFileSync(json, 'utf8')) as {
      readonly figures: readonly {
        readonly question: string;
        readonly recallAt10: number | null;
        readonly budgets: readonly object[];
      }[];
      readonly summaries: readonly object[];
    };
    expect(summaries).toHaveLength(2);
    expect(figures.map(({ recallAt10 }) => recallAt10)).toEqual([1, 1, 1, 1, null, null]);
    expect(figures[0]?.budgets).toHaveLength(2);
  }, 120_000);

  it('asks a platform that runs, the questions of one half only, and leaves no session there', async () => {
    const platform = await runningPlatform();
    try {
      const counts: number[] = [];
      for (const half of ['fit', 'report']) {
        const args = [join(folder, 'sets/talk-1.jsonl'), '--half', half, '--peers', 'none', '--budgets', '256'];
        const { status, out } = await run(args, { SUPERCONTEXT_URL: `${platform.url}/graphql` });
        expect(status).toBe(0);
        counts.push(Number(/## talk: (\d+) questions/.exec(out)?.[1] ?? 0));
      }
      expect(counts[0]).toBeLessThan(4);
      expect(counts.reduce((sum, count) => sum + count)).toBe(4);
      const { data } = await post(platform.url, '{ sessions(first: 10) { edges { node { title } } } }');
      expect(data).toEqual({ sessions: { edges: [] } });
    } finally {
      await platform.stop();
    }
  }, 120_000);
});

describe('an interruption', () => {
  it.each([
    ['while the platform starts', 'starting a platform'],
    ['while it is fed and asked', 'appended in'],
  ])(
    '%s stops the platform and leaves no state behind',
    async (_, said) => {
      const place = mkdtempSync(join(folder, 'place-'));
      let isSent = false;
      const { status } = await run([join(folder, 'sets'), '--peers', 'none'], { TMPDIR: place }, (err, child) => {
        if (isSent || !err.includes(said)) return;
        isSent = true;
        child.kill('SIGINT');
      });
      expect(status).toBe(130);
      expect(readdirSync(place).filter((name) => name.startsWith('supercontext-'))).toEqual([]);
    },
    120_000,
  );
});

describe('what is wrong is said in one line, and nothing is started', () => {
  it.each([
    ['a folder that is not there', ['/nowhere/at/all'], '/nowhere/at/all: there is no such file or folder'],
    ['an option that there is not', ['--fast'], "Unknown option '--fast'"],
    ['a budget that is none', ['--budgets', 'all'], '--budgets takes whole numbers from 256 to 1000000: all'],
    ['a peer that there is not', ['--peers', 'bing'], 'no such peer: bing'],
    ['a half that there is not', ['--half', 'third'], '--half is fit or report'],
    [
      'a package that is not pinned',
      ['--packages', 'no-such-package'],
      'not among its pinned packages: no-such-package',
    ],
  ])(
    '%s',
    async (_, args, line) => {
      const { status, out, err } = await run(args);
      expect(err).toContain(line);
      expect(err.trim().split('\n')).toHaveLength(1);
      expect(out).toBe('');
      expect(status).toBe(2);
    },
    30_000,
  );

  it('a line that is no JSON, by file and line', async () => {
    const bad = join(folder, 'bad');
    mkdirSync(bad);
    writeFileSync(join(bad, 'bad-1.jsonl'), '{"id":1,"group":1,"role":"USER","text":"a"}\n{"id":\n');
    writeFileSync(join(bad, 'bad-1.questions.jsonl'), '{"question":"a","category":"b","evidence":[1]}\n');
    const { status, err } = await run([bad, '--peers', 'none']);
    expect(err.trim()).toBe(`${join(bad, 'bad-1.jsonl')}:2: is not JSON`);
    expect(status).toBe(2);
  }, 30_000);

  it('a platform that does not answer', async () => {
    const { gateway } = await freePorts();
    const url = `http://127.0.0.1:${gateway}/graphql`;
    const { status, err } = await run([join(folder, 'sets'), '--peers', 'none'], { SUPERCONTEXT_URL: url });
    expect(err.trim().split('\n').at(-1)).toBe(`${url.slice(0, -'/graphql'.length)}: no platform answers there`);
    expect(err).not.toContain(' at ');
    expect(status).toBe(2);
  }, 30_000);

  it('a platform that stops answering on the way, which is no fault of the input', async () => {
    const dying = createServer(async (request, response) => {
      const query = String(await new Response(Readable.toWeb(request) as ReadableStream).text());
      if (query.includes('__type')) response.end(JSON.stringify({ data: { __type: { fields: [] } } }));
      else if (!query.includes('openSession')) response.destroy();
      else response.end(JSON.stringify({ data: { openSession: { session: { id: 's' }, userErrors: [] } } }));
    }).listen(0, '127.0.0.1');
    await once(dying, 'listening');
    const url = `http://127.0.0.1:${(dying.address() as AddressInfo).port}`;
    const { status, err } = await run([join(folder, 'sets'), '--peers', 'none'], { SUPERCONTEXT_URL: url });
    dying.close();
    expect(err.trim().split('\n').at(-1)).toBe(`${url}: no platform answers there`);
    expect(status).toBe(1);
  }, 30_000);

  it('a file that cannot be written', async () => {
    const file = join(folder, 'none/figures.json');
    const { status, err } = await run([join(folder, 'sets'), '--peers', 'none', '--json', file]);
    expect(err.trim()).toBe(`${file}: cannot be written (ENOENT)`);
    expect(status).toBe(2);
    expect(existsSync(file)).toBe(false);
  }, 30_000);
});
