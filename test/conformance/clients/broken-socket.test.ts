import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ANSWER_WORDS } from '@supercontext/client/fixtures/fake-answer.ts';
import { type FakeGraphOptions, fakeGraph } from '@supercontext/client/fixtures/fake-graph.ts';
import { GraphQLError } from 'graphql';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const GUIDE = readFileSync(join(ROOT, 'FRONTEND.md'), 'utf8');
const [, EXAMPLE = ''] = /```js\n(\/\/ ask\.mjs[\s\S]*?)```/.exec(GUIDE) ?? [];

/** Runs the guide's program that asks, changed in nothing but the address. */
async function runExample(options: FakeGraphOptions) {
  const graph = await fakeGraph(options);
  const program = EXAMPLE.replace('ws://localhost:4000', graph.url.replace('http', 'ws'));
  const args = ['--input-type=module', '--eval', program, '--', 'ask.mjs', 'ses_1', 'What changed in version 5?'];
  const child = spawn(process.execPath, args, { cwd: ROOT, timeout: 20_000 });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const questions = graph.received.length;
  await graph.stop();
  return { status: await ended, stdout, stderr, questions };
}

it('has a program that says an answer once although its socket breaks and events come again', async () => {
  const { questions, ...ended } = await runExample({ cutAfter: [5], everyMs: 10 });
  expect(questions).toBeGreaterThan(1);
  expect(ended).toEqual({ status: 0, stdout: ANSWER_WORDS.join(''), stderr: '' });
}, 30_000);

it('has a program that says why it was refused, and ends', async () => {
  const generate = () => {
    throw new GraphQLError('no session has this id', { extensions: { code: 'SESSION_NOT_FOUND' } });
  };
  expect(await runExample({ root: { generate } })).toMatchObject({
    status: 0,
    stdout: '',
    stderr: 'refused: SESSION_NOT_FOUND no session has this id\n',
  });
}, 30_000);
