import type { AnswerReportFragment } from '@supercontext/client';
import type { ReactNode } from 'react';
import { ErrorNote } from '../error-note.tsx';
import { formatCompact, formatCount } from '../format.ts';
import type { Reference } from '../references/reference.ts';
import type { Loaded } from '../use-loaded.ts';
import { BudgetBar } from './budget-bar.tsx';
import { LogStrip } from './log-strip.tsx';
import { SegmentList } from './segment-list.tsx';

interface Props {
  readonly report: Loaded<AnswerReportFragment | null>;
  readonly running: boolean;
  readonly onRetry: () => void;
  readonly onOpen: (reference: Reference) => void;
}

/** What the model saw for one answer, and what it did not. */
export function ContextMap({ report, running, onRetry, onOpen }: Props): ReactNode {
  return (
    <section className="context-map panel" aria-label="Context map">
      <h2>Context map</h2>
      {report.phase === 'loading' && <p className="hint">Loading…</p>}
      {report.phase === 'failed' && <ErrorNote error={report.error} onRetry={onRetry} />}
      {report.phase === 'loaded' && report.value === null && (
        <p className="hint faint">
          {running ? 'It is drawn when the answer is whole.' : 'Ask something, and see here what the answer rests on.'}
        </p>
      )}
      {report.phase === 'loaded' && report.value !== null && <Drawn report={report.value} onOpen={onOpen} />}
    </section>
  );
}

function Drawn({ report, onOpen }: { report: AnswerReportFragment; onOpen: Props['onOpen'] }): ReactNode {
  const { workingSet, usage, model } = report;
  const { tokens, budgetTokens, sessionTokens, degraded } = workingSet;
  return (
    <>
      <p className="headline">
        <strong>{formatCount(tokens)}</strong> of {formatCount(budgetTokens)} tokens, chosen out of{' '}
        <strong title={formatCount(sessionTokens)}>{formatCompact(sessionTokens)}</strong>
      </p>
      <BudgetBar workingSet={workingSet} />
      <LogStrip workingSet={workingSet} />
      {degraded.map(({ stage, code, message }) => (
        <p key={`${stage} ${code}`} className="note note-warning">
          Without {stage}: {message} <code>{code}</code>
        </p>
      ))}
      {model.engine === 'extractive' && (
        <p className="note note-warning">
          Answered by the extractive engine: it quotes the evidence and writes nothing of its own.
        </p>
      )}
      <SegmentList segments={workingSet.segments} onOpen={onOpen} />
      <p className="faint">
        {formatCount(usage.cachedTokens)} of {formatCount(usage.promptTokens)} prompt tokens came from the session's KV
        cache.
      </p>
    </>
  );
}
