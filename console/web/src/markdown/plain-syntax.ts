/**
 * What is not read as Markdown: HTML, which is shown as it is written; definitions, with which `[1]` would be a link to wherever
 * the text says; and footnotes, whose links are places in this page.
 */
const NOT_READ = [
  'htmlFlow',
  'htmlText',
  'definition',
  'gfmFootnoteDefinition',
  'gfmFootnoteCall',
  'gfmPotentialFootnoteCall',
];

interface Processor {
  data(): object;
}

/** A step of the reading: leaves as words what must not be more. */
export function plainSyntax(this: Processor): void {
  const data = this.data() as { micromarkExtensions?: unknown[] };
  data.micromarkExtensions = [...(data.micromarkExtensions ?? []), { disable: { null: NOT_READ } }];
}
