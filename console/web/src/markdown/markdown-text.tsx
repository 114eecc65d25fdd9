import { createContext, memo, type ReactNode, use, useMemo } from 'react';
import Markdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { citeNumbers } from './cite-numbers.ts';
import { CodeBlock } from './code-block.tsx';
import { plainSyntax } from './plain-syntax.ts';
import { safeHref } from './safe-href.ts';
import { splitBlocks } from './split-blocks.ts';

interface Props {
  readonly text: string;
  /** What stands for `[1]` where the number is among these. */
  readonly numbers: ReadonlySet<number>;
  readonly citation: (number: number) => ReactNode;
}

const CitationContext = createContext<Props['citation']>(() => null);
const READING = [remarkGfm, plainSyntax];

/**
 * Markdown that a stranger wrote, as it grows. Nothing in it becomes HTML, script or a request: elements are React's own,
 * pictures are the links that they would be loaded from, and links open when they are clicked, apart from this page.
 */
export function MarkdownText({ text, numbers, citation }: Props): ReactNode {
  return (
    <CitationContext value={citation}>
      {splitBlocks(text).map((block) => (
        <Block key={block.at} text={block.text} numbers={numbers} />
      ))}
    </CitationContext>
  );
}

const Block = memo(({ text, numbers }: Pick<Props, 'text' | 'numbers'>): ReactNode => {
  const rewriting = useMemo(() => [citeNumbers(numbers)], [numbers]);
  return (
    <div className="block">
      <Markdown remarkPlugins={READING} rehypePlugins={rewriting} components={COMPONENTS} urlTransform={asWritten}>
        {text}
      </Markdown>
    </div>
  );
});

/** What an address may be is decided where it becomes a link. */
function asWritten(address: string): string {
  return address;
}

function Link({ href, children }: { readonly href?: string | undefined; readonly children?: ReactNode }): ReactNode {
  const safe = safeHref(href);
  if (safe === null) return <span title={href}>{children}</span>;
  return (
    <a href={safe} title={safe} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}

function Cited({ children }: { readonly children?: ReactNode }): ReactNode {
  return use(CitationContext)(Number(children));
}

const COMPONENTS: Components = {
  a: ({ href, children }) => <Link href={href}>{children}</Link>,
  img: ({ src, alt }) => <Link href={typeof src === 'string' ? src : undefined}>{alt || 'picture'}</Link>,
  cite: ({ children }) => <Cited>{children}</Cited>,
  pre: ({ children }) => <CodeBlock>{children}</CodeBlock>,
  // Headings of an answer stand below those of the page.
  h1: ({ children }) => <h4>{children}</h4>,
  h2: ({ children }) => <h4>{children}</h4>,
  h3: ({ children }) => <h5>{children}</h5>,
  h4: ({ children }) => <h5>{children}</h5>,
  h5: ({ children }) => <h6>{children}</h6>,
  input: ({ checked }) => <span aria-hidden="true">{checked ? '☑' : '☐'}</span>,
  table: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than the page must be reached by keys to be scrolled.
    <div className="wide" tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
};
