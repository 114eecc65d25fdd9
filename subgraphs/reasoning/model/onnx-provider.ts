import { ContractError } from '@supercontext/contract';
import { InferenceSession, listSupportedBackends } from 'onnxruntime-node';
import type { GraphPaths } from '../gguf/prepare-model.ts';

/** What a graph can be asked to run on. */
export type Provider = 'cpu' | 'cuda';

export interface SessionOptions {
  readonly graphs: GraphPaths;
  readonly provider: Provider;
  /** The cores this engine owns: its threads spin, so sharing cores makes every step several times slower. */
  readonly threads: number;
}

/** A session for each graph of a model. */
export type GraphSessions = Readonly<Record<keyof GraphPaths, InferenceSession>>;

/**
 * Loads a model on the provider that was asked for, and on no other: a model that silently runs on the CPU of a GPU node
 * is a fault nobody sees. Throws `INPUT_INVALID` when the provider is not to be had here, `MODEL_INVALID` when a graph
 * cannot be loaded.
 */
export async function openSessions({ graphs, provider, threads }: SessionOptions): Promise<GraphSessions> {
  const backends = listSupportedBackends().map((backend) => backend.name);
  if (!backends.includes(provider)) {
    throw new ContractError('INPUT_INVALID', `provider '${provider}' is not in this build of ONNX Runtime`, {
      provider,
    });
  }
  const chunk = await openSession(graphs.chunk, provider, threads);
  try {
    return { chunk, step: await openSession(graphs.step, provider, threads) };
  } catch (error) {
    await chunk.release();
    throw error;
  }
}

async function openSession(path: string, provider: Provider, threads: number): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(path, {
      // Operators without a CUDA kernel stay on the CPU within one session; the weights' products do not.
      executionProviders: provider === 'cuda' ? ['cuda', 'cpu'] : ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      executionMode: 'sequential',
      // Shares of attention become so small that arithmetic on them is many times slower, and nothing is lost with them.
      extra: { session: { set_denormal_as_zero: '1' } },
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (provider !== 'cpu') {
      throw new ContractError('INPUT_INVALID', `provider '${provider}' was asked for and cannot start: ${reason}`, {
        provider,
      });
    }
    throw new ContractError('MODEL_INVALID', `the prepared graph cannot be loaded: ${reason}`);
  }
}
