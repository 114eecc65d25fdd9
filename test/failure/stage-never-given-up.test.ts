import { existsSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataFolderInUse, readRunFile } from '../../infra/run-file.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

/** More than the deaths after which a start is given up. */
const DEATHS = 6;

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await runningPlatform();
}, 120_000);
afterAll(() => platform.stop());

/** Listens on a port as soon as nobody else does. */
async function take(port: number): Promise<Server> {
  for (;;) {
    const server = createServer((socket) => socket.destroy());
    const taken = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (taken) return server;
  }
}

describe('a platform that was ready', () => {
  it('starts a stage again that dies early time after time, and has it back when it can run', async () => {
    const port = platform.ports.compression;
    process.kill(platform.pid('compression') as number, 'SIGKILL');
    const inTheWay = await take(port);
    const deaths = () => platform.events.filter(({ type, stage }) => type === 'died' && stage === 'compression').length;
    await expect.poll(deaths, { timeout: 60_000 }).toBeGreaterThanOrEqual(DEATHS);
    expect(platform.events.findLast(({ type, stage }) => type === 'died' && stage === 'compression')).toMatchObject({
      how: 'exit 1',
      why: expect.stringContaining('EADDRINUSE'),
      logPath: join(platform.dataFolder, 'logs', 'compression.log'),
    });
    await new Promise((resolve) => inTheWay.close(resolve));
    await platform.ready();
    expect(platform.pid('compression')).not.toBeNull();
  }, 120_000);

  it('has its data folder for itself, and tells its user how to reach the stages', async () => {
    const record = readRunFile(platform.dataFolder);
    expect(record).toMatchObject({
      pid: process.pid,
      ports: platform.ports,
      signingKey: expect.stringMatching(/^.{32,}$/),
    });
    await expect(runningPlatform({}, platform.dataFolder)).rejects.toThrow(DataFolderInUse);
    const modes = ['.', 'logs', 'running.json', 'logs/store.log'].map(
      (name) => statSync(join(platform.dataFolder, name)).mode & 0o777,
    );
    expect(modes).toEqual([0o700, 0o700, 0o600, 0o600]);
  });

  it('leaves the data folder when it stops', async () => {
    await platform.stop();
    expect(existsSync(join(platform.dataFolder, 'running.json'))).toBe(false);
  });
});
