import { type ReactNode, useEffect, useState } from 'react';
import { copyText } from './copy-text.ts';

interface Props {
  /** What it copies, as its name says it. */
  readonly what: string;
  readonly text: () => string;
}

const SAYS = { idle: 'Copy', copied: 'Copied', failed: 'Could not copy' } as const;
const SHOWN_MS = 2_000;

/** Copies a text, and says whether that went well. */
export function CopyButton({ what, text }: Props): ReactNode {
  const [outcome, setOutcome] = useState<keyof typeof SAYS>('idle');

  useEffect(() => {
    if (outcome === 'idle') return;
    const timer = setTimeout(() => setOutcome('idle'), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome]);

  return (
    <button
      type="button"
      className="button quiet copy"
      aria-label={outcome === 'idle' ? `Copy ${what}` : SAYS[outcome]}
      onClick={() => void copyText(text()).then((copied) => setOutcome(copied ? 'copied' : 'failed'))}
    >
      <span aria-live="polite">{SAYS[outcome]}</span>
    </button>
  );
}
