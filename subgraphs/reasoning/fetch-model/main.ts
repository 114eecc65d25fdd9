import { parseArgs } from 'node:util';
import { ContractError } from '@supercontext/contract';
import { readFetchConfig } from '@supercontext/embed/weights/config.ts';
import { NoWeights, obtainFile } from '@supercontext/embed/weights/obtain-file.ts';
import { SourceUnavailable } from '@supercontext/embed/weights/source-unavailable.ts';
import { prepareModel } from '../gguf/prepare-model.ts';
import { findManifest, readManifests } from '../model/manifest.ts';
import { pinManifest } from '../model/pinned-manifest.ts';

/** The platform can be served without weights, by the `extractive` engine: so this is told apart from a fault. */
const NO_WEIGHTS_STATUS = 3;

/**
 * `node subgraphs/reasoning/fetch-model/main.ts [--model ID]` puts a model's weights into the cache, verified, and prepares its
 * graph: the one of SUPERCONTEXT_MODEL, or else the default, where none is named. One
 * line a step on stdout, the last one the path. Exit status 0, 3 when no weights could be had, 1 for anything else; then
 * stderr has one line saying why.
 */
async function main(): Promise<number> {
  try {
    const { values } = parseArgs({ options: { model: { type: 'string' } } });
    const manifests = readManifests();
    const config = readFetchConfig();
    // What the platform is told to answer with, where that is one of these.
    const wanted = manifests.find(({ id }) => id === config.wantedModel)?.id;
    const manifest = await pinManifest(findManifest(manifests, values.model ?? wanted), config);
    const ggufPath = await obtainFile(manifest, config, (line) => console.log(`model: ${line}`));
    const startedAtMs = performance.now();
    const { built } = prepareModel({ ggufPath, sha256: manifest.sha256, cacheDirectory: config.cacheDirectory });
    const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
    console.log(`model: the graph is ${built ? `built (${seconds} s)` : 'in the cache'}`);
    console.log(ggufPath);
    return 0;
  } catch (error) {
    const isWithout = error instanceof NoWeights || error instanceof SourceUnavailable;
    if (!isWithout && !(error instanceof ContractError)) throw error;
    console.error(`model: ${error.message}`);
    return isWithout ? NO_WEIGHTS_STATUS : 1;
  }
}

process.exitCode = await main();
