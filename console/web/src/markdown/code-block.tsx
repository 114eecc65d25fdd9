import { type ReactNode, useRef } from 'react';
import { CopyButton } from '../copy-button.tsx';

/** Code of an answer, with a button that copies it. */
export function CodeBlock({ children }: { readonly children: ReactNode }): ReactNode {
  const code = useRef<HTMLPreElement>(null);
  return (
    <div className="code-block">
      <CopyButton what="code" text={() => code.current?.textContent.replace(/\n$/, '') ?? ''} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than the page must be reached by keys to be scrolled. */}
      <pre ref={code} className="verbatim" tabIndex={0}>
        {children}
      </pre>
    </div>
  );
}
