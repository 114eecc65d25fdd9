import { encodeModel, OnnxGraph } from '@supercontext/embed/onnx/onnx-graph.ts';
import type { Provider } from './onnx-provider.ts';

/** What an engine says of a library that is missing is long. */
const MAXIMUM_CHARACTERS = 300;

/** Why a provider cannot be had on this machine, tried with the smallest graph there is; null when it can. */
export async function providerFault(provider: Provider): Promise<string | null> {
  // A native library of many megabytes: for who asks for it only.
  const { InferenceSession } = await import('onnxruntime-node');
  try {
    const session = await InferenceSession.create(smallestModel(), { executionProviders: [provider] });
    await session.release();
    return null;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `it cannot start here: ${why.replaceAll(/\s+/g, ' ').slice(0, MAXIMUM_CHARACTERS)}`;
  }
}

function smallestModel(): Uint8Array {
  const graph = new OnnxGraph('trial');
  graph.node({ type: 'Identity', inputs: [graph.input('given', 'float', [1])], outputs: ['same'] });
  graph.output('same', 'float', [1]);
  return encodeModel(graph, 'supercontext');
}
