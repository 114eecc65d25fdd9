import { availableParallelism, homedir } from 'node:os';
import { EMBEDDER_SETTING } from '@supercontext/embed/choose-embedder.ts';
import { type CommonConfig, commonSettings, stageUrl } from '@supercontext/runtime/common-settings.ts';
import {
  ConfigError,
  integer,
  oneOf,
  optional,
  parser,
  readConfig,
  type Settings,
  settingFault,
  text,
} from '@supercontext/runtime/config.ts';
import {
  type RedisConfig,
  redisSettings,
  type WithRedis,
  withRedis,
} from '@supercontext/runtime/redis/redis-settings.ts';
import { EXTRACTIVE } from './model/extractive.ts';
import { readManifests } from './model/manifest.ts';
import { modelCacheDirectory } from './model/model-cache.ts';
import { modelFile, modelFileFault } from './model/model-file-setting.ts';
import { providerFault } from './model/onnx-trial.ts';
import { SERVER_SETTINGS, type ServerSettings, serverFault } from './server-settings.ts';

/** One value a variable. */
interface ReasoningRows extends CommonConfig, ServerSettings, RedisConfig {
  readonly contextUrl: string;
  readonly model: string;
  readonly modelPath: string | null;
  readonly cacheHome: string;
  readonly embedder: string;
  readonly provider: 'cpu' | 'cuda';
  readonly threads: number;
  readonly slots: number;
  readonly kvMebibytes: number;
  readonly queueLimit: number;
}

export type ReasoningConfig = WithRedis<ReasoningRows>;

/** A model of a server: which servers there are, other settings say. */
const SERVERS_MODEL = /^[a-z][a-z0-9-]{0,31}:[\x21-\x7e]{1,200}$/;
/** More threads than this only wait for each other on models of this size. */
const USEFUL_THREADS = 8;

export const SETTINGS: Settings<ReasoningRows> = {
  ...commonSettings('reasoning'),
  ...redisSettings(),
  contextUrl: stageUrl('context'),
  model: {
    variable: 'SUPERCONTEXT_MODEL',
    // The manifest is read when it is asked about, so that a broken one is told as the fault of a process, not of an import.
    parse: parser('auto, extractive, an id of models.json, or SERVER:NAME', (value) => {
      const known = ['auto', EXTRACTIVE.id, ...readManifests().map(({ id }) => id)];
      if (SERVERS_MODEL.test(value) || known.includes(value)) return value;
      throw new Error(`expected one of ${known.join(', ')}, or SERVER:NAME`);
    }),
    fallback: 'auto',
    meaning:
      'the default model; auto is that of the server at SUPERCONTEXT_MODEL_URL, else the one of the file at SUPERCONTEXT_MODEL_PATH, else extractive, which quotes; SERVER is anthropic, google, remote or one of SUPERCONTEXT_MODEL_SERVERS',
  },
  modelPath: {
    variable: 'SUPERCONTEXT_MODEL_PATH',
    parse: optional(modelFile()),
    fallback: null,
    meaning:
      'a GGUF file, which alone makes its model the default; of a split model any of its files; with SUPERCONTEXT_MODEL the file of that model',
  },
  cacheHome: {
    variable: 'XDG_CACHE_HOME',
    parse: text('a folder'),
    fallback: '',
    otherwise: '`~/.cache`',
    meaning: 'weights and prepared graphs are in its subfolder supercontext/models',
  },
  embedder: EMBEDDER_SETTING,
  ...SERVER_SETTINGS,
  provider: {
    variable: 'SUPERCONTEXT_PROVIDER',
    parse: oneOf('cpu', 'cuda'),
    fallback: 'cpu',
    meaning: 'what the engine runs on; one that cannot be had is an error at start',
  },
  threads: {
    variable: 'SUPERCONTEXT_ENGINE_THREADS',
    parse: integer({ min: 1, max: 256 }),
    fallback: Math.min(availableParallelism(), USEFUL_THREADS),
    otherwise: `all cores, at most ${USEFUL_THREADS}`,
    meaning: 'cores the engine owns',
  },
  slots: {
    variable: 'SUPERCONTEXT_ENGINE_SLOTS',
    parse: integer({ min: 1, max: 256 }),
    fallback: 8,
    meaning: 'generations decoded in one batch',
  },
  kvMebibytes: {
    variable: 'SUPERCONTEXT_ENGINE_KV_MIB',
    parse: integer({ min: 64, max: 1024 * 1024 }),
    fallback: 1_024,
    meaning:
      'memory for the KV caches of all sessions, of each loaded model, in MiB; idle sessions give way first, and it is never exceeded; weights and what the engine computes with come on top',
  },
  queueLimit: {
    variable: 'SUPERCONTEXT_ENGINE_QUEUE',
    parse: integer({ min: 0, max: 4_096 }),
    fallback: 64,
    meaning: 'generations that may wait for a slot',
  },
};

/** @throws ConfigError naming every fault. */
export function readReasoningConfig(env: NodeJS.ProcessEnv = process.env): ReasoningConfig {
  const config = withRedis(readConfig(env, SETTINGS));
  const fault = serverFault(config.model, config);
  if (fault !== null) throw new ConfigError([fault]);
  return config;
}

/**
 * The same, once what not every machine has was tried and a model's file was looked at: whatever else is wrong is told together with
 * it.
 * @throws ConfigError naming every fault.
 */
export async function checkReasoningConfig(env: NodeJS.ProcessEnv = process.env): Promise<ReasoningConfig> {
  const { provider, modelPath } = SETTINGS;
  const faults: string[] = [];
  const asked = env[provider.variable];
  const why = asked === 'cuda' ? await providerFault(asked) : null;
  if (why !== null) faults.push(settingFault(provider.variable, String(asked), why));
  try {
    const config = readReasoningConfig(env);
    const inFile = config.modelPath === null ? null : modelFileFault(config.modelPath);
    if (inFile !== null) faults.push(settingFault(modelPath.variable, String(config.modelPath), inFile));
    if (faults.length === 0) return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    faults.unshift(...error.faults);
  }
  throw new ConfigError(faults);
}

export function cacheDirectoryOf({ cacheHome }: Pick<ReasoningConfig, 'cacheHome'>): string {
  return modelCacheDirectory({ cacheHome, home: homedir() });
}
