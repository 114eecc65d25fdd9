/** How the values of a tensor lie in the file: blocks of `blockElements` values in `blockBytes` bytes. */
export interface TensorLayout {
  readonly name: TensorTypeName;
  readonly blockElements: number;
  readonly blockBytes: number;
}

/** Types whose blocks of 32 are `scale * quant + minimum`, which the graph computes as they are. */
export type AffineTypeName = 'Q4_0' | 'Q4_1' | 'Q5_0' | 'Q5_1' | 'Q8_0' | 'Q4_K' | 'Q5_K';

/** Types that are read as numbers first, as they have no blocks of 32 that are alike. */
export type FloatTypeName = 'F32' | 'F16' | 'BF16' | 'Q2_K' | 'Q3_K' | 'Q6_K';

export type TensorTypeName = AffineTypeName | FloatTypeName;

/** By the type number of the GGUF format. What is not here is refused by its number. */
export const TENSOR_TYPES: ReadonlyMap<number, TensorLayout> = new Map([
  [0, { name: 'F32', blockElements: 1, blockBytes: 4 }],
  [1, { name: 'F16', blockElements: 1, blockBytes: 2 }],
  [2, { name: 'Q4_0', blockElements: 32, blockBytes: 18 }],
  [3, { name: 'Q4_1', blockElements: 32, blockBytes: 20 }],
  [6, { name: 'Q5_0', blockElements: 32, blockBytes: 22 }],
  [7, { name: 'Q5_1', blockElements: 32, blockBytes: 24 }],
  [8, { name: 'Q8_0', blockElements: 32, blockBytes: 34 }],
  [10, { name: 'Q2_K', blockElements: 256, blockBytes: 84 }],
  [11, { name: 'Q3_K', blockElements: 256, blockBytes: 110 }],
  [12, { name: 'Q4_K', blockElements: 256, blockBytes: 144 }],
  [13, { name: 'Q5_K', blockElements: 256, blockBytes: 176 }],
  [14, { name: 'Q6_K', blockElements: 256, blockBytes: 210 }],
  [30, { name: 'BF16', blockElements: 1, blockBytes: 2 }],
]);

const AFFINE = new Set<TensorTypeName>(['Q4_0', 'Q4_1', 'Q5_0', 'Q5_1', 'Q8_0', 'Q4_K', 'Q5_K']);

export function isAffine(name: TensorTypeName): name is AffineTypeName {
  return AFFINE.has(name);
}

/** Whether values are numbers by themselves, in no blocks. */
export function isNumbers(name: TensorTypeName): name is 'F32' | 'F16' | 'BF16' {
  return name === 'F32' || name === 'F16' || name === 'BF16';
}

/** Bits of a weight in the graph: 4 where the type has no more, else 8. */
export function graphBits(name: TensorTypeName): 4 | 8 {
  return name === 'Q4_0' || name === 'Q4_1' || name === 'Q4_K' ? 4 : 8;
}

/** What other numbers of the format stand for, so that a refusal can say it. */
const OTHER_TYPES: ReadonlyMap<number, string> = new Map([
  [9, 'Q8_1'],
  [15, 'Q8_K'],
  [16, 'IQ2_XXS'],
  [17, 'IQ2_XS'],
  [18, 'IQ3_XXS'],
  [19, 'IQ1_S'],
  [20, 'IQ4_NL'],
  [21, 'IQ3_S'],
  [22, 'IQ2_S'],
  [23, 'IQ4_XS'],
  [24, 'I8'],
  [25, 'I16'],
  [26, 'I32'],
  [27, 'I64'],
  [28, 'F64'],
  [29, 'IQ1_M'],
  [34, 'TQ1_0'],
  [35, 'TQ2_0'],
  [39, 'MXFP4'],
]);

/** A type that cannot be read, in words: its name where it has one. */
export function nameOfOtherType(type: number): string {
  const name = OTHER_TYPES.get(type);
  return name === undefined ? `type ${type}` : `type ${name} (${type})`;
}
