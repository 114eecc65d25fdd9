import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { ANSWER_WORDS, fakeEvents, fakeReport, MODEL } from '@supercontext/client/fixtures/fake-answer.ts';
import { type FakeGraph, type FakeGraphOptions, fakeGraph } from '@supercontext/client/fixtures/fake-graph.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runSupercontext } from './commands.ts';
import type { Lines, Output } from './output.ts';

const ANSWER = ANSWER_WORDS.join('');

let graph: FakeGraph;
let folder: string;
let printed: string;
let status: number;
let notes: string[];

const lines: Lines = {
  line: (line = '') => {
    printed += `${line}\n`;
  },
  paint: (_style, painted) => painted,
};
const output: Output = {
  ...lines,
  write: (chunk) => {
    printed += chunk;
  },
  report: lines,
  note: (note) => void notes.push(note),
};

async function start(options: FakeGraphOptions = {}): Promise<void> {
  graph = await fakeGraph(options);
}

async function supercontext(...words: string[]): Promise<string> {
  printed = '';
  status = await runSupercontext([...words, '--url', graph.url], output, new AbortController().signal);
  return printed;
}

/** The command as a process of its own, its output in pipes. */
function started(environment: Record<string, string>, ...words: string[]) {
  return spawn(process.execPath, [join(import.meta.dirname, 'supercontext.mjs'), ...words], {
    env: { PATH: process.env.PATH, ...environment },
  });
}

async function run(environment: Record<string, string>, ...words: string[]) {
  const child = started(environment, ...words);
  child.stdin.end();
  const ended = new Promise((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await ended, stdout, stderr };
}

/** What was sent in appends, in order. */
function appendedFiles(): readonly { readonly path: string; readonly text: string }[] {
  return graph.received.flatMap(({ payload }) => {
    const input = payload.variables?.input as { items?: { file: { path: string; text: string } }[] } | undefined;
    return input?.items?.map(({ file }) => file) ?? [];
  });
}

const openOne = async () => (await supercontext('open', 'Notes')).trim();

beforeEach(async () => {
  notes = [];
  folder = await mkdtemp(join(tmpdir(), 'supercontext-terminal-'));
});

afterEach(async () => {
  await graph.stop();
  await rm(folder, { recursive: true });
});

describe('supercontext', () => {
  it('opens a session, printing its id alone, and lists it', async () => {
    await start();
    const id = await openOne();
    expect(id).toMatch(/^ses_[0-9a-f]{24}$/);
    expect(await supercontext('sessions')).toMatch(new RegExp(`^${id} +0 tokens .*Notes\n$`));
  });

  it('says how to begin when there are no sessions', async () => {
    await start();
    expect(await supercontext('sessions')).toBe('');
    expect(notes).toEqual(['no sessions yet: supercontext open "A title"']);
  });

  it('appends files and folders, and says what it left out and why', async () => {
    await start();
    const id = await openOne();
    await mkdir(join(folder, 'docs/node_modules'), { recursive: true });
    await writeFile(join(folder, 'docs/a.md'), '# Streams\n');
    await writeFile(join(folder, 'docs/node_modules/b.md'), 'not this one');
    await writeFile(join(folder, 'docs/c.bin'), new Uint8Array([0xff, 0xfe, 0x00]));
    await writeFile(join(folder, 'd.txt'), 'Grüße');
    expect(await supercontext('append', id, join(folder, 'docs'), join(folder, 'd.txt'))).toMatch(
      /^appended 5 tokens of 2 files \(17 B, 2 fragments\)/,
    );
    expect(notes).toContainEqual(expect.stringMatching(/c\.bin: no text$/));
    expect(notes).toContainEqual(expect.stringMatching(/node_modules\/: every node_modules is$/));
    expect(appendedFiles().map(({ path }) => path)).toEqual([
      expect.stringMatching(/docs\/a\.md$/),
      expect.stringMatching(/d\.txt$/),
    ]);
    expect(status).toBe(0);
  });

  it('sends a long file in parts that join to the file', async () => {
    await start();
    const id = await openOne();
    const long = 'A line that ends.\n'.repeat(150_000);
    await writeFile(join(folder, 'long.txt'), long);
    await supercontext('append', id, join(folder, 'long.txt'));
    expect(appendedFiles().length).toBeGreaterThan(2);
    expect(
      appendedFiles()
        .map(({ text }) => text)
        .join(''),
    ).toBe(long);
  });

  it('refuses a path that is not there, and paths without text', async () => {
    await start();
    const id = await openOne();
    await expect(supercontext('append', id, join(folder, 'no.md'))).rejects.toThrow('no.md is not there');
    await expect(supercontext('append', id, folder)).rejects.toThrow('there is no text in');
  });

  it.each([[['sessions', 'more']], [['watch', 'gen_1', 'more']]])(
    'refuses a word that %j does not take',
    async (words) => {
      await start();
      await expect(supercontext(...words)).rejects.toThrow('nothing to be done with "more"');
    },
  );

  it('lists the models with where they run and what they need, and asks the one that was chosen, by this user, there', async () => {
    await start();
    const id = await openOne();
    const environment = { XDG_CONFIG_HOME: folder, SUPERCONTEXT_URL: graph.url };
    const askedModel = async (...words: string[]) => {
      expect((await run(environment, 'ask', id, 'Why?', ...words)).status).toBe(0);
      const inputs = graph.received.map(({ payload }) => payload.variables?.input as { model?: string } | undefined);
      return inputs.at(-1)?.model;
    };
    expect(await askedModel()).toBeUndefined();
    const { stdout } = await run(environment, 'models');
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(new RegExp(`^\\* ${MODEL.id} .*window 8,192 tokens, 93.8 MiB, this platform, cpu$`)),
      expect.stringMatching(/^ {2}ollama:large .*server http:\/\/127\.0\.0\.1:11434 {2}its server does not answer$/),
      expect.stringMatching(/^ {2}extractive .*window 8,192 tokens, this platform, cpu$/),
      '',
    ]);
    const used = await run(environment, 'models', 'use', 'ollama:large');
    expect(used).toMatchObject({
      status: 0,
      stdout: '',
      stderr: expect.stringContaining('its server does not answer'),
    });
    expect(await askedModel()).toBe('ollama:large');
    expect(await askedModel('--model', 'other')).toBe('other');
    expect((await run(environment, 'models', 'list', '--json')).stdout).toMatch(/"id":"ollama:large".*"asked":true/);
    expect((await run(environment, 'models', 'use', 'none')).stderr).toMatch(
      /there is no model none; there are .*ollama/,
    );
    expect((await run(environment, 'models', 'eat')).status).toBe(2);
    expect(await run(environment, 'models', 'use', 'extractive', 'more', 'words')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('"more words"'),
    });
    expect(await askedModel()).toBe('ollama:large');
    await run(environment, 'models', 'use', 'default');
    expect(await askedModel()).toBeUndefined();
    await writeFile(join(folder, 'supercontext', 'models.json'), '[7]');
    expect(await run(environment, 'models')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('models.json'),
    });
  });

  it('streams an answer, then shows citations, speed, working set and hops', async () => {
    await start();
    const shown = await supercontext('ask', await openOne(), 'What does a cursor name?', '--budget', '1024');
    expect(shown.startsWith(`${ANSWER}\n`)).toBe(true);
    expect(shown).toContain('[1]  docs/streams.md “A cursor names');
    expect(shown).toMatch(/first token +\d+\.\d\d s here, 0\.21 s in the reasoning stage/);
    expect(shown).toMatch(/speed +34\.2 tokens\/s, 24 tokens in 0\.86 s/);
    expect(shown).toMatch(/working set +1,463 of 1,536 budgeted tokens, chosen out of 2,003,118/);
    expect(shown).toContain('digest 402 (1), recent 118 (1), evidence 943 (2)');
    expect(shown).toMatch(/reasoning +1 +prefill +180\.2 {2} *█+ +1,160 tokens/);
    expect(graph.received.at(-1)?.payload.variables?.input).toMatchObject({ budgetTokens: 1_024 });
    const trace = /trace +([0-9a-f]{32})/.exec(shown)?.[1];
    expect(graph.received.at(-1)?.traceparent).toContain(trace);
  });

  it('says that it went on where its stream was cut', async () => {
    await start({ cutAfter: [3] });
    const shown = await supercontext('ask', await openOne(), 'What does a cursor name?');
    expect(shown.startsWith(`${ANSWER}\n`)).toBe(true);
    expect(notes).toContainEqual(expect.stringMatching(/^resumed at #\d+, 0 lost$/));
  });

  it('labels an extractive answer', async () => {
    const model = { ...MODEL, id: 'extractive', engine: 'extractive' };
    const events = (id: string) =>
      fakeEvents(id).map((event) =>
        event.__typename === 'GenerationCompleted' ? { ...event, generation: { ...event.generation, model } } : event,
      );
    await start({ events });
    expect(await supercontext('ask', await openOne(), '?')).toContain('extractive: quotes the evidence');
  });

  it('watches a generation from its first word', async () => {
    await start();
    expect((await supercontext('watch', `gen_${'0'.repeat(24)}`)).startsWith(`${ANSWER}\n`)).toBe(true);
  });

  it('throws the code with which a generation failed, after what it said', async () => {
    const events = (id: string) => [
      ...fakeEvents(id).slice(0, 4),
      {
        __typename: 'GenerationFailed' as const,
        cursor: `${id}:4`,
        sequence: 4,
        generation: fakeReport(id, ANSWER_WORDS.slice(0, 2).join(''), 'FAILED'),
        code: 'MODEL_FAILED' as const,
        message: 'the engine stopped',
        retryable: true,
      },
    ];
    await start({ events });
    await expect(supercontext('ask', await openOne(), '?')).rejects.toMatchObject({ code: 'MODEL_FAILED' });
    expect(printed.startsWith(ANSWER_WORDS.slice(0, 2).join(''))).toBe(true);
  });

  it('cancels at the platform what is interrupted here', async () => {
    await start({ everyMs: 10 });
    const id = await openOne();
    const interruption = new AbortController();
    const interrupting: Output = { ...output, write: () => interruption.abort() };
    await expect(
      runSupercontext(['ask', id, '?', '--url', graph.url], interrupting, interruption.signal),
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect(graph.received.at(-1)?.payload.variables).toEqual({
      input: { generationId: id.replace('ses_', 'gen_') },
    });
    await expect.poll(() => graph.openStreams).toBe(0);
  });

  it('refuses a number that is none', async () => {
    await start();
    await expect(supercontext('ask', 'ses_', '?', '--budget', 'much')).rejects.toThrow('--budget takes a whole number');
  });

  it('takes --url before the command and after it, with and without =, and SUPERCONTEXT_URL where there is none', async () => {
    await start();
    const id = await openOne();
    const nowhere = { SUPERCONTEXT_URL: 'http://127.0.0.1:1' };
    const listed = { status: 0, stdout: expect.stringContaining(id), stderr: '' };
    expect(await run(nowhere, '--url', graph.url, 'sessions')).toEqual(listed);
    expect(await run(nowhere, `--url=${graph.url}`, 'sessions')).toEqual(listed);
    expect(await run(nowhere, 'sessions', '--url', graph.url)).toEqual(listed);
    expect(await run({ SUPERCONTEXT_URL: graph.url }, 'sessions')).toEqual(listed);
    expect(await run({}, '--url', graph.url, 'ask', '--help')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(
        /supercontext ask \[OPTIONS\] <SESSION> <QUESTION>[\s\S]*--url=<URL> .*SUPERCONTEXT_URL/,
      ),
    });
  });

  it.each([
    [['--budget', '9', 'ask', 'ses_', '?'], 'before the command only --url may stand, not --budget'],
    [
      ['sessions', '--ulr', 'http://127.0.0.1:1'],
      'sessions has no --ulr; --help lists what it has, and -- ends the options',
    ],
    [['--url'], 'sessions'],
    [['sessions', '--url'], '--url takes an address like http://127.0.0.1:4000, not ""'],
    [
      ['--url', 'localhost:4000', 'sessions'],
      '--url takes an address like http://127.0.0.1:4000, not "localhost:4000"',
    ],
    [['nothing'], 'Unknown command nothing'],
    [['ask', 'ses_', '-x', '?'], 'ask has no -x; --help lists what it has, and -- ends the options'],
    [['ask'], 'Missing required positional argument'],
    [['append', 'ses_', '/no/such/path'], '/no/such/path is not there'],
    [['ask', 'ses_', '?', '--budget', 'much'], '--budget takes a whole number'],
  ])('says of %j what is wrong with it in one line and status 2, without colours in a pipe', async (words, said) => {
    await start();
    const { status, stdout, stderr } = await run({}, ...words);
    if (words.join(' ') !== '--url') expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stdout + stderr).toContain(said);
    expect(stdout + stderr).not.toContain('\u001b');
    if (stdout === '') expect(stderr.trimEnd()).not.toContain('\n');
  });

  it('ends as soon as the answer does', async () => {
    await start();
    const { status, stdout } = await run({ SUPERCONTEXT_URL: graph.url }, 'ask', await openOne(), '?');
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining(ANSWER) });
  }, 10_000);

  it('says of SUPERCONTEXT_URL, too, that it is no address', async () => {
    await start();
    expect((await run({ SUPERCONTEXT_URL: '4000' }, 'sessions')).stderr).toContain('SUPERCONTEXT_URL takes an address');
  });

  it('asks all of a question without quotes, and takes it from the standard input for a dash', async () => {
    await start();
    const id = await openOne();
    await supercontext('ask', id, 'what', 'is', 'the', 'code', '--budget', '1024');
    expect(graph.received.at(-1)?.payload.variables?.input).toMatchObject({ prompt: 'what is the code' });
    const child = started({ SUPERCONTEXT_URL: graph.url }, 'ask', id, '-');
    child.stdin.end('What does it say?');
    await once(child, 'close');
    expect(graph.received.at(-1)?.payload.variables?.input).toMatchObject({ prompt: 'What does it say?' });
    await supercontext('open', 'my', 'long', 'title');
    expect(await supercontext('sessions')).toContain('my long title');
  });

  it('ends at once when it is interrupted while it waits for the standard input', async () => {
    await start();
    for (const words of [
      ['ask', 'ses_', '-'],
      ['append', 'ses_', '-'],
    ]) {
      const child = started({ SUPERCONTEXT_URL: graph.url }, ...words);
      const said = text(child.stderr);
      const ended = once(child, 'close');
      await setTimeout(3_000);
      child.kill('SIGINT');
      expect({ status: await ended, said: await said }).toEqual({ status: [130, null], said: '' });
    }
  });

  it('answers programs in JSON', async () => {
    await start();
    const { id } = JSON.parse(await supercontext('open', 'Notes', '--json')) as { id: string };
    const listed = JSON.parse(await supercontext('sessions', '--json')) as object;
    const times = { createdAt: expect.stringMatching(/^2026-/), lastActivityAt: expect.stringMatching(/^2026-/) };
    expect(listed).toEqual({ id, title: 'Notes', tokens: 0, ...times, archivedAt: null });
    expect(JSON.parse(await supercontext('ask', id, '?', '--json'))).toMatchObject({
      ...{ generationId: id.replace('ses_', 'gen_'), status: 'completed', text: ANSWER },
      citations: [{ number: 1, source: 'docs/streams.md' }, {}],
    });
  });

  it('gives the answer to the standard output, and what it rests on to the standard error', async () => {
    await start();
    const { stdout, stderr } = await run({ SUPERCONTEXT_URL: graph.url }, 'ask', await openOne(), '?');
    expect(stdout).toBe(`${ANSWER}\n`);
    expect(stderr).toContain('working set');
    expect(stderr).not.toContain('\u001b');
  });

  it('cancels an answer that nobody reads any more, and says nothing of it', async () => {
    await start({ everyMs: 20 });
    const id = await openOne();
    const child = started({ SUPERCONTEXT_URL: graph.url }, 'ask', id, '?');
    const said = text(child.stderr);
    child.stdout.once('data', () => child.stdout.destroy());
    const [status] = (await once(child, 'close')) as [number];
    expect({ status, said: await said }).toEqual({ status: 141, said: '' });
    expect(graph.received.at(-1)?.payload.variables).toEqual({ input: { generationId: id.replace('ses_', 'gen_') } });
  });

  it('shows its version, and how it is used for -h everywhere', async () => {
    await start();
    expect(await run({}, '--version')).toEqual({ status: 0, stdout: '0.1.0\n', stderr: '' });
    for (const words of [['-h'], ['append', '-h'], ['ask', 'ses_', '-h'], ['sessions', '--help'], []]) {
      expect(await run({}, ...words)).toMatchObject({
        status: 0,
        stdout: expect.stringContaining('USAGE'),
        stderr: '',
      });
    }
  });

  it('completes commands, options and files in bash and zsh', async () => {
    await start();
    const script = await supercontext('completion', 'bash');
    const complete = (...words: string[]) => {
      const line = `COMP_WORDS=(supercontext ${words.join(' ')}); COMP_CWORD=${words.length}; _supercontext; echo "\${COMPREPLY[*]}"`;
      return spawnSync('bash', ['-c', `${script}\n${line}`], { encoding: 'utf8' }).stdout.trim();
    };
    expect(complete('a')).toBe('append ask');
    expect(complete('ask', 'ses_', '--m')).toBe('--max-tokens --model');
    expect(complete('completion', '""')).toBe('bash zsh');
    expect(await supercontext('completion', 'zsh')).toContain('bashcompinit');
    await expect(supercontext('completion', 'fish')).rejects.toThrow('completion is for bash and zsh, not fish');
  });

  it('ends with status 1 and one line: the code, who did not answer, and both ways to name another', async () => {
    await start();
    const { url } = graph;
    await graph.stop();
    const { status, stdout, stderr } = await run({}, 'sessions', '--url', url);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toBe(
      `supercontext: SUBGRAPH_UNAVAILABLE: no answer from ${url}/graphql (start the platform, or name the one that runs with --url or SUPERCONTEXT_URL)\n`,
    );
    await start();
  });
});
