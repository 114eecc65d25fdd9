import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Platform, type PlatformEvent, startPlatform } from '../../infra/platform.ts';

export interface RunningPlatform extends Platform {
  readonly dataFolder: string;
  readonly events: readonly PlatformEvent[];
  /** Kills one stage's process with SIGKILL and waits until another one has taken its place and answers. */
  killAndAwait(stage: Parameters<Platform['pid']>[0]): Promise<void>;
}

/** The five real processes on free ports with state of their own, answering with the extractive engine and searching by words alone unless told otherwise. */
export async function runningPlatform(
  environment: Readonly<Record<string, string>> = {},
  dataFolder?: string,
): Promise<RunningPlatform> {
  const folder = dataFolder ?? mkdtempSync(join(tmpdir(), 'supercontext-'));
  const events: PlatformEvent[] = [];
  const platform = await startPlatform({
    dataFolder: folder,
    ports: 'free',
    // Servers that happen to run here are no part of any test, nor are vectors unless it asks for them.
    environment: {
      ...{ SUPERCONTEXT_MODEL: 'extractive', SUPERCONTEXT_MODEL_SERVERS: 'none', SUPERCONTEXT_EMBEDDER: 'none' },
      ...environment,
    },
    onEvent: (event) => events.push(event),
  });
  return {
    ...platform,
    dataFolder: folder,
    events,
    async killAndAwait(stage) {
      const before = platform.pid(stage);
      if (before === null) throw new Error(`${stage} does not run`);
      process.kill(before, 'SIGKILL');
      while (platform.pid(stage) === before || platform.pid(stage) === null) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      await platform.ready();
    },
    async stop() {
      await platform.stop();
      if (dataFolder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}
