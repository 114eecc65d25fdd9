import { ContractError } from '@supercontext/contract';
import { InferenceSession, listSupportedBackends } from 'onnxruntime-node';

/** What a graph can be asked to run on. */
export type Provider = 'cpu' | 'cuda';

export interface SessionOptions {
  readonly onnxPath: string;
  readonly provider: Provider;
  /** The cores this engine owns: its threads spin, so sharing cores makes every step several times slower. */
  readonly threads: number;
}

/**
 * Loads a graph on the provider that was asked for, and on no other: a model that silently runs on the CPU of a GPU node
 * is a fault nobody sees. Throws `INPUT_INVALID` when the provider is not to be had here, `MODEL_INVALID` when the graph
 * cannot be loaded.
 */
export async function openSession({ onnxPath, provider, threads }: SessionOptions): Promise<InferenceSession> {
  const backends = listSupportedBackends().map((backend) => backend.name);
  if (!backends.includes(provider)) {
    throw new ContractError('INPUT_INVALID', `provider '${provider}' is not in this build of ONNX Runtime`, {
      provider,
    });
  }
  try {
    return await InferenceSession.create(onnxPath, {
      // Operators without a CUDA kernel stay on the CPU within one session; the weights' products do not.
      executionProviders: provider === 'cuda' ? ['cuda', 'cpu'] : ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      executionMode: 'sequential',
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
