/** A block of an answer: prose, or code between fences. */
export interface AnswerBlock {
  readonly kind: 'prose' | 'code';
  readonly text: string;
  /** Where it begins in the answer. */
  readonly at: number;
}

/** Cuts an answer at its code fences; a fence that is still open holds all the rest, as it does while an answer streams. */
export function splitCode(answer: string): readonly AnswerBlock[] {
  const blocks: AnswerBlock[] = [];
  let from = 0;
  let inCode = false;
  const take = (to: number) => {
    const text = answer.slice(from, to).replace(/^\n+|\n+$/g, '');
    if (text.trim() !== '') blocks.push({ kind: inCode ? 'code' : 'prose', text, at: from });
  };
  for (const fence of answer.matchAll(/^[ \t]*```[^\n`]*(?:\n|$)/gm)) {
    take(fence.index);
    from = fence.index + fence[0].length;
    inCode = !inCode;
  }
  take(answer.length);
  return blocks;
}
