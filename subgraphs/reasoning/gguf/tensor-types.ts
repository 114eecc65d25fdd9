/** How the values of a tensor lie in the file: blocks of `blockElements` values in `blockBytes` bytes. */
export interface TensorLayout {
  readonly name: TensorTypeName;
  readonly blockElements: number;
  readonly blockBytes: number;
}

export type TensorTypeName = 'F32' | 'F16' | 'Q4_0' | 'Q4_1' | 'Q8_0';

/** By the type number of the GGUF format. What is not here cannot be mapped without loss and is refused. */
export const TENSOR_TYPES: ReadonlyMap<number, TensorLayout> = new Map([
  [0, { name: 'F32', blockElements: 1, blockBytes: 4 }],
  [1, { name: 'F16', blockElements: 1, blockBytes: 2 }],
  [2, { name: 'Q4_0', blockElements: 32, blockBytes: 18 }],
  [3, { name: 'Q4_1', blockElements: 32, blockBytes: 20 }],
  [8, { name: 'Q8_0', blockElements: 32, blockBytes: 34 }],
]);
