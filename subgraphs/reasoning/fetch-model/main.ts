import { parseArgs } from 'node:util';
import { ContractError } from '@supercontext/contract';
import { readFetchConfig } from '@supercontext/embed/weights/config.ts';
import { NoWeights, obtainFile } from '@supercontext/embed/weights/obtain-file.ts';
import { prepareModel } from '../gguf/prepare-model.ts';
import { findManifest, pinned, readManifests } from '../model/manifest.ts';

/** The platform can be served without weights, by the `extractive` engine: so this is told apart from a fault. */
const NO_WEIGHTS_STATUS = 3;

/**
 * `node subgraphs/reasoning/fetch-model/main.ts [--model ID]` puts a model's weights into the cache, verified, and prepares its graph. One
 * line a step on stdout, the last one the path. Exit status 0, 3 when no weights could be had, 1 for anything else; then
 * stderr has one line saying why.
 */
async function main(): Promise<number> {
  try {
    const { values } = parseArgs({ options: { model: { type: 'string' } } });
    const manifest = pinned(findManifest(readManifests(), values.model));
    const config = readFetchConfig();
    const ggufPath = await obtainFile(manifest, config, (line) => console.log(`model: ${line}`));
    const startedAtMs = performance.now();
    const { built } = prepareModel({ ggufPath, sha256: manifest.sha256, cacheDirectory: config.cacheDirectory });
    const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
    console.log(`model: the graph is ${built ? `built (${seconds} s)` : 'in the cache'}`);
    console.log(ggufPath);
    return 0;
  } catch (error) {
    if (!(error instanceof NoWeights || error instanceof ContractError)) throw error;
    console.error(`model: ${error.message}`);
    return error instanceof NoWeights ? NO_WEIGHTS_STATUS : 1;
  }
}

process.exitCode = await main();
