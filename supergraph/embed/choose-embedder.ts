import { ContractError } from '@supercontext/contract';
import { oneOf, type Parser, parser, type Setting } from '@supercontext/runtime/config.ts';
import { EMBEDDERS, type EmbedderManifest, findEmbedder } from './embedders.ts';
import { isPrepared } from './prepare-embedder.ts';

/** The default embedder where its weights are there, else none. */
const AUTO = 'auto';
/** Search by words alone, because the operator wants it so. */
export const NO_EMBEDDER = 'none';

const choice: Parser<string> = parser('auto, none or an id of embedders.json', (value) =>
  oneOf(AUTO, NO_EMBEDDER, ...EMBEDDERS.map(({ id }) => id))(value),
);

/** For every stage that makes vectors. */
export const EMBEDDER_SETTING: Setting<string> = {
  variable: 'SUPERCONTEXT_EMBEDDER',
  parse: choice,
  fallback: AUTO,
  meaning:
    'what search by meaning is made with; auto is the first one of embedders.json if its weights are there, else none',
};

export const CACHE_HOME_SETTING: Setting<string> = {
  variable: 'XDG_CACHE_HOME',
  parse: parser('a folder', (value) => value),
  fallback: '',
  otherwise: '`~/.cache`',
  meaning: 'weights and prepared graphs are in its subfolder supercontext/models',
};

/**
 * The embedder of a choice, null for none.
 * @throws ContractError MODEL_UNKNOWN; MODEL_INVALID for one asked for by name that set-up has not prepared
 */
export function chooseEmbedder(chosen: string, cacheDirectory: string): EmbedderManifest | null {
  if (chosen === NO_EMBEDDER) return null;
  if (chosen !== AUTO) {
    const found = findEmbedder(chosen);
    if (isPrepared(found, cacheDirectory)) return found;
    throw new ContractError(
      'MODEL_INVALID',
      `the embedder ${found.id} is not in the cache: \`npm run setup\` fetches it`,
    );
  }
  const [first] = EMBEDDERS;
  return first !== undefined && isPrepared(first, cacheDirectory) ? first : null;
}
