import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { refusalToListen } from '../../infra/ports.ts';
import { type FoundProcess, ownPlace, processesOf, startCommand } from '../support/started-command.ts';

/** A stage in the middle of its start ends as soon as it gets to it; on a busy machine that is seconds. */
const GONE_WITHIN_MS = 10_000;

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const step of cleanUp.splice(0).reverse()) step();
});

const WHO = {
  npm: ({ commandLine }: FoundProcess) => /^npm run (start|demo)/.test(commandLine),
  'the shell': ({ commandLine }: FoundProcess) => /^(\S*\/)?(ba|da)?sh -c node infra\/setup/.test(commandLine),
  'the set-up': ({ commandLine }: FoundProcess) => /^\S*node infra\/setup\.mjs/.test(commandLine),
  'the launcher': ({ commandLine }: FoundProcess) => /^\S*node infra\/(up|demo)\.ts/.test(commandLine),
};
type Who = keyof typeof WHO;

type When = 'sets up' | 'starts its stages' | 'is ready';

async function killed(script: 'start' | 'demo', when: When, who: Who, signal: NodeJS.Signals): Promise<void> {
  const place = await ownPlace();
  cleanUp.push(place.remove);
  const started = startCommand('npm', ['run', script], place.environment);
  let said = '';
  for (const stream of [started.stdout, started.stderr])
    stream?.setEncoding('utf8').on('data', (text) => (said += text));
  cleanUp.push(() => {
    for (const { pid } of processesOf(place.folder)) process.kill(pid, 'SIGKILL');
  });
  const reached: Readonly<Record<When, () => Promise<boolean> | boolean>> = {
    'sets up': () => processesOf(place.folder).some(WHO['the set-up']),
    'starts its stages': () => processesOf(place.folder).some(({ commandLine }) => /store\/main\.ts/.test(commandLine)),
    'is ready': () =>
      fetch(`http://127.0.0.1:${place.ports.gateway}/ready`).then(
        ({ ok }) => ok,
        () => false,
      ),
  };
  await expect
    .poll(async () => (await reached[when]()) || (started.exitCode !== null && said), { timeout: 50_000, interval: 10 })
    .toBe(true);
  const target = processesOf(place.folder).find(WHO[who]);
  expect(target, `${who} among ${JSON.stringify(processesOf(place.folder))}`).toBeDefined();
  process.kill((target as FoundProcess).pid, signal);
  await expect.poll(() => processesOf(place.folder), { timeout: GONE_WITHIN_MS }).toEqual([]);
  const refusals = await Promise.all(Object.values(place.ports).map((port) => refusalToListen(port, '127.0.0.1')));
  expect(refusals).toEqual([null, null, null, null, null]);
  // A launcher that could still act took its run file with it.
  if (signal !== 'SIGKILL' || who !== 'the launcher')
    expect(existsSync(join(place.folder, 'running.json'))).toBe(false);
}

describe.skipIf(!existsSync('/proc/self/environ'))('one kill ends everything', () => {
  it.each<[Who, NodeJS.Signals]>(
    (['npm', 'the shell', 'the set-up'] as const).flatMap((who) =>
      (['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGKILL'] as const).map((signal): [Who, NodeJS.Signals] => [
        who,
        signal,
      ]),
    ),
  )('of npm start while it sets up: %s by %s', (who, signal) => killed('start', 'sets up', who, signal), 90_000);

  it.each<[Who, NodeJS.Signals]>([
    ['npm', 'SIGTERM'],
    ['npm', 'SIGKILL'],
    ['the launcher', 'SIGTERM'],
    ['the launcher', 'SIGKILL'],
  ])(
    'of npm start while it starts its stages: %s by %s',
    (who, signal) => killed('start', 'starts its stages', who, signal),
    90_000,
  );

  // What a signal does to npm and to the launcher stands apart from when it comes: each of the five once, the hardest to both.
  it.each<[Who, NodeJS.Signals]>([
    ['npm', 'SIGTERM'],
    ['npm', 'SIGHUP'],
    ['npm', 'SIGKILL'],
    ['the launcher', 'SIGINT'],
    ['the launcher', 'SIGQUIT'],
    ['the launcher', 'SIGKILL'],
  ])('of npm start when it is ready: %s by %s', (who, signal) => killed('start', 'is ready', who, signal), 90_000);

  it.each<[Who, NodeJS.Signals]>([
    ['npm', 'SIGTERM'],
    ['npm', 'SIGKILL'],
    ['the launcher', 'SIGKILL'],
  ])('of npm run demo while it feeds: %s by %s', (who, signal) => killed('demo', 'is ready', who, signal), 90_000);

  it('of the set-up in the middle of a long command, whatever that command has started', async () => {
    const place = await ownPlace();
    cleanUp.push(place.remove);
    cleanUp.push(() => {
      for (const { pid } of processesOf(place.folder)) process.kill(pid, 'SIGKILL');
    });
    const code = `import { guardedRun } from './infra/guarded-run.mjs';
      await guardedRun('sh', ['-c', 'trap "" TERM; sleep 1000 & (sleep 1001; true)'], { cwd: '.' });`;
    const setup = startCommand(process.execPath, ['--input-type=module', '-e', code], place.environment);
    const sleepers = () => processesOf(place.folder).filter(({ commandLine }) => /^sleep 100[01]$/.test(commandLine));
    await expect.poll(() => sleepers().length, { timeout: 10_000 }).toBe(2);
    setup.kill('SIGKILL');
    await expect.poll(() => processesOf(place.folder), { timeout: GONE_WITHIN_MS }).toEqual([]);
  }, 30_000);
});
