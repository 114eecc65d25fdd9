import { homedir } from 'node:os';
import { readConfig, type Settings, text } from '@supercontext/runtime/config.ts';
import type { FetchConfig } from './obtain-file.ts';
import { weightsDirectory } from './weights-cache.ts';

/** What only the set-up reads; that no hub answers there is told as that of every source. */
export const SETTINGS: Settings<Pick<FetchConfig, 'hubUrl'>> = {
  hubUrl: {
    variable: 'HF_ENDPOINT',
    parse: text('an http or https URL'),
    fallback: 'https://huggingface.co',
    meaning: 'hub that weights come from whose sources in models.json or embedders.json name one',
  },
};

/** Reads the environment: `XDG_CACHE_HOME`, `SUPERCONTEXT_MODEL`, `SUPERCONTEXT_MODEL_PATH`, `HF_ENDPOINT`. */
export function readFetchConfig(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): FetchConfig & { readonly wantedModel: string | undefined } {
  return Object.freeze({
    cacheDirectory: weightsDirectory({ cacheHome: environment.XDG_CACHE_HOME, home: homedir() }),
    localPath: environment.SUPERCONTEXT_MODEL_PATH || undefined,
    wantedModel: environment.SUPERCONTEXT_MODEL || undefined,
    ...readConfig(environment, SETTINGS),
    environment,
  });
}
