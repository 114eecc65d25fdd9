import { parseArgs } from 'node:util';
import { ContractError } from '@supercontext/contract';
import { EMBEDDERS, findEmbedder } from '../embedders.ts';
import { prepareEmbedder } from '../prepare-embedder.ts';
import { readFetchConfig } from '../weights/config.ts';
import { NoWeights, obtainFiles } from '../weights/obtain-file.ts';
import { prepareWordVectors } from '../word-vectors.ts';

/** The platform searches by words without an embedder: so this is told apart from a fault. */
const NO_WEIGHTS_STATUS = 3;

/**
 * `node supergraph/embed/fetch-embedder/main.ts [--embedder ID]` puts an embedder's files into the cache, verified, and prepares its
 * graph and the vectors of its words. One line a step on stdout. Exit status 0, 3 when no weights could be had, 1 for anything else; then stderr has one line
 * saying why.
 */
async function main(): Promise<number> {
  try {
    const { values } = parseArgs({ options: { embedder: { type: 'string' } } });
    const manifest = findEmbedder(values.embedder ?? EMBEDDERS[0]?.id ?? '');
    // A path that is named is the language model's.
    const config = { ...readFetchConfig(), localPath: undefined };
    const report = (line: string) => console.log(`embedder: ${line}`);
    await obtainFiles([manifest.vocabulary, manifest.weights], config, report);
    const startedAtMs = performance.now();
    const isBuilt = prepareEmbedder(manifest, config.cacheDirectory);
    prepareWordVectors(manifest, config.cacheDirectory);
    const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
    report(`the graph is ${isBuilt ? `built (${seconds} s)` : 'in the cache'}`);
    return 0;
  } catch (error) {
    if (!(error instanceof NoWeights || error instanceof ContractError)) throw error;
    console.error(`embedder: ${error.message}`);
    return error instanceof NoWeights ? NO_WEIGHTS_STATUS : 1;
  }
}

process.exitCode = await main();
