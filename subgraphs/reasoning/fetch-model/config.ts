import { homedir } from 'node:os';
import { readConfig, type Settings, text } from '@supercontext/runtime/config.ts';
import { modelCacheDirectory } from '../model/model-cache.ts';

export interface FetchConfig {
  /** Where model files and prepared graphs are kept. */
  readonly cacheDirectory: string;
  /** A model file the operator already has; undefined when none was named. */
  readonly localPath: string | undefined;
  /** The Hugging Face hub, or a mirror of it. */
  readonly hubUrl: string;
  /** For the programs that are started: pip finds its index and proxies there. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What only the set-up reads; that no hub answers there is told as that of every source. */
export const SETTINGS: Settings<Pick<FetchConfig, 'hubUrl'>> = {
  hubUrl: {
    variable: 'HF_ENDPOINT',
    parse: text('an http or https URL'),
    fallback: 'https://huggingface.co',
    meaning: 'hub that models come from whose sources in models.json name one',
  },
};

/** Reads the environment: `XDG_CACHE_HOME`, `SUPERCONTEXT_MODEL_PATH`, `HF_ENDPOINT`. */
export function readFetchConfig(environment: Readonly<Record<string, string | undefined>> = process.env): FetchConfig {
  return Object.freeze({
    cacheDirectory: modelCacheDirectory({ cacheHome: environment.XDG_CACHE_HOME, home: homedir() }),
    localPath: environment.SUPERCONTEXT_MODEL_PATH || undefined,
    ...readConfig(environment, SETTINGS),
    environment,
  });
}
