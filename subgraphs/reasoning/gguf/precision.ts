import type { OnnxGraph, TensorSink } from '@supercontext/embed/onnx/onnx-graph.ts';

/**
 * What a graph calculates with between its products: 32 bits, for which processors have their fast kernels, or 16, without
 * which CUDA has none for attention (GroupQueryAttention is registered there for 16-bit numbers only) and would hand it back.
 */
export type Precision = 'float' | 'float16';

export interface Floats {
  readonly name: string;
  readonly dimensions: readonly number[];
  readonly values: Float32Array<ArrayBuffer>;
  readonly precision: Precision;
  /** Where they go; into the model file itself when none is given. */
  readonly sink?: TensorSink;
}

/** Adds a tensor of plain numbers to a graph, rounded to its precision. */
export function addFloats(graph: OnnxGraph, { name, dimensions, values, precision, sink }: Floats): string {
  const { buffer, byteOffset, byteLength } = precision === 'float' ? values : new Float16Array(values);
  return graph.initializer(name, precision, dimensions, new Uint8Array(buffer, byteOffset, byteLength), sink);
}
