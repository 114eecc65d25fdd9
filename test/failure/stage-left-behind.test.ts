import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { type OwnPlace, ownPlace, processesOf, startCommand } from '../support/started-command.ts';

let place: (OwnPlace & { remove(): void }) | undefined;
afterEach(() => {
  for (const { pid } of processesOf(place?.folder ?? '')) process.kill(pid, 'SIGKILL');
  place?.remove();
});

const isReady = (url: string) =>
  fetch(`${url}/ready`).then(
    ({ ok }) => ok,
    () => false,
  );

describe.skipIf(!existsSync('/proc/self/environ'))('a stage that hangs when its launcher is killed', () => {
  it('is named to the next launcher, with its process id; that starts once it has gone', async () => {
    place = await ownPlace();
    const { environment, folder, ports } = place;
    const url = `http://127.0.0.1:${ports.gateway}`;
    const first = startCommand(process.execPath, ['infra/up.ts'], environment);
    await expect.poll(() => isReady(url), { timeout: 30_000 }).toBe(true);
    const store = processesOf(folder).find(({ commandLine }) => commandLine.endsWith('store/main.ts'))?.pid ?? 0;
    process.kill(store, 'SIGSTOP');
    first.kill('SIGKILL');
    await once(first, 'exit');

    const second = startCommand(process.execPath, ['infra/up.ts'], environment);
    let said = '';
    for (const stream of [second.stdout, second.stderr]) stream?.on('data', (chunk) => (said += chunk));
    const [status] = await once(second, 'close');
    expect(status).toBe(1);
    expect(said.trimEnd().split('\n')).toEqual([
      expect.stringMatching(new RegExp(`^SUPERCONTEXT_DATA=.* the store stage .* with process id ${store}: end it`)),
    ]);

    process.kill(store, 'SIGKILL');
    startCommand(process.execPath, ['infra/up.ts'], environment);
    await expect.poll(() => isReady(url), { timeout: 30_000 }).toBe(true);
  }, 120_000);
});
