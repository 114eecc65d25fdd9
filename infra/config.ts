import { join, resolve } from 'node:path';
import { commonSettings, DEFAULT_PORTS, type StageName } from '@supercontext/runtime/common-settings.ts';
import {
  ConfigError,
  integer,
  optional,
  parser,
  readConfig,
  type Setting,
  text,
} from '@supercontext/runtime/config.ts';
import {
  type RedisConfig,
  type RedisSettings,
  redisSettings,
  withRedis,
} from '@supercontext/runtime/redis/redis-settings.ts';
import { placeFaults } from './check-place.ts';
import type { Ports } from './ports.ts';

export interface LauncherConfig {
  readonly dataFolder: string;
  readonly ports: Ports;
}

const ROOT = join(import.meta.dirname, '..');

// What the launcher tells the stages is called as they call it.
const { dataFolder, host: HOST } = commonSettings('gateway');

const DATA_FOLDER: Setting<string> = {
  ...dataFolder,
  parse: parser(dataFolder.parse.takes, (value) => resolve(value)),
  fallback: join(ROOT, 'data'),
};

/** What `npm run backup` can be told. @throws ConfigError */
export function backupConfig(environment: NodeJS.ProcessEnv = process.env): {
  readonly dataFolder: string;
  /** Whether nothing was said of the data folder. */
  readonly isDefault: boolean;
  readonly tenantKey: string | null;
  /** Null where state is in files. */
  readonly redis: RedisSettings | null;
} {
  const tenantKey: Setting<string | null> = {
    variable: 'SUPERCONTEXT_TENANT_KEY',
    parse: optional(text()),
    fallback: null,
    meaning: 'secret that names fragments, where the store was given one',
  };
  const config = withRedis(
    readConfig<{ dataFolder: string; tenantKey: string | null } & RedisConfig>(environment, {
      dataFolder: DATA_FOLDER,
      tenantKey,
      ...redisSettings(),
    }),
  );
  return { ...config, isDefault: !environment[DATA_FOLDER.variable] };
}

function port(stage: StageName): Setting<number> {
  return { ...commonSettings(stage).port, parse: integer({ min: 1, max: 65_535 }) };
}

/**
 * What `npm start` and `npm run demo` can be told, tried on this machine.
 * @throws ConfigError with all that is wrong at once, settings that cannot be read as well as ports and folders that cannot
 * be used.
 */
export async function launcherConfig(environment: NodeJS.ProcessEnv = process.env): Promise<LauncherConfig> {
  const faults: string[] = [];
  const { dataFolder, host } = readConfig<{ dataFolder: string; host: string }>(environment, {
    dataFolder: DATA_FOLDER,
    host: HOST,
  });
  const ports: Partial<Record<StageName, number>> = {};
  // One by one, so that a fault in one does not hide what is wrong with the others.
  for (const stage of Object.keys(DEFAULT_PORTS) as StageName[]) {
    try {
      ports[stage] = readConfig<{ port: number }>(environment, { port: port(stage) }).port;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      faults.push(...error.faults);
    }
  }
  faults.push(...(await placeFaults({ dataFolder, host, ports })));
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.freeze({ dataFolder, ports: Object.freeze(ports as Ports) });
}
