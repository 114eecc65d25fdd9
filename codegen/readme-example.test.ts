import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { ANSWER_WORDS } from './client/fixtures/fake-answer.ts';
import { fakeGraph } from './client/fixtures/fake-graph.ts';

const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');

it('shows an example that runs as it stands, says the answer and ends', async () => {
  const graph = await fakeGraph();
  const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const program = example.replace('http://127.0.0.1:4000', graph.url);
  expect(program).not.toBe(example);
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    cwd: import.meta.dirname,
    timeout: 10_000,
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect({ status: await ended, stdout, stderr }).toEqual({ status: 0, stdout: ANSWER_WORDS.join(''), stderr: '' });
  await graph.stop();
}, 20_000);
