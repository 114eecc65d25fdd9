import type { Element, ElementContent, Root, RootContent, Text } from 'hast';
import { splitCitations } from './split-citations.ts';

/** What says something else than its words: code as it stands, and links, which lead elsewhere. */
const LEFT_ALONE: ReadonlySet<string> = new Set(['code', 'pre', 'a']);

/** A step of the reading: `[1]` becomes a `cite` element with the number in it, where `numbers` has it. */
export function citeNumbers(numbers: ReadonlySet<number>): () => (root: Root) => void {
  return () => (root) => {
    if (numbers.size > 0) citeWithin(root, numbers);
  };
}

function citeWithin(parent: Root | Element, numbers: ReadonlySet<number>): void {
  const cited = parent.children.flatMap((child: RootContent): RootContent[] => {
    if (child.type === 'text') return cite(child, numbers);
    if (child.type === 'element' && !LEFT_ALONE.has(child.tagName)) citeWithin(child, numbers);
    return [child];
  });
  // What an element may hold is what it held, and text and elements.
  parent.children = cited as ElementContent[];
}

function cite({ value }: Text, numbers: ReadonlySet<number>): ElementContent[] {
  return splitCitations(value, numbers).map((part): Element | Text => {
    if (part.kind === 'text') return { type: 'text', value: part.text };
    const number: Text = { type: 'text', value: String(part.number) };
    return { type: 'element', tagName: 'cite', properties: {}, children: [number] };
  });
}
