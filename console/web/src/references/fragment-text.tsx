import type { FragmentFieldsFragment } from '@supercontext/client';
import { type ReactNode, useCallback, useEffect, useMemo, useRef } from 'react';
import { ErrorNote } from '../error-note.tsx';
import { formatCount, formatMoment } from '../format.ts';
import { useLoaded } from '../use-loaded.ts';
import { findCited, type Stretch } from './find-cited.ts';
import type { LogReader } from './load-neighbours.ts';
import { type Cited, nameOf } from './reference.ts';

interface Props {
  readonly fragment: FragmentFieldsFragment;
  readonly position: number | null;
  readonly cited: Cited | null;
  readonly log: LogReader;
}

/** A fragment, verbatim, with the sentence that is cited highlighted and in sight, between its neighbours in the log. */
export function FragmentText({ fragment, position, cited, log }: Props): ReactNode {
  const own = useRef<HTMLDivElement>(null);
  const stretch = useMemo(() => (cited === null ? null : placeOf(fragment.text, cited)), [fragment, cited]);
  const [neighbours, retry] = useLoaded(
    useCallback(
      async (signal) => (position === null ? { before: null, after: null } : log.neighbours(position, signal)),
      [log, position],
    ),
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: what comes in above it moves it.
  useEffect(() => {
    const sought = own.current?.querySelector('mark') ?? own.current;
    sought?.scrollIntoView({ block: stretch === null ? 'start' : 'center' });
  }, [stretch, neighbours]);

  const { before, after } = neighbours.phase === 'loaded' ? neighbours.value : { before: null, after: null };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also for those who have no pointer.
    <section className="dialog-body" tabIndex={0} aria-label="Text">
      {before !== null && <Neighbour fragment={before} where="before" />}
      <div ref={own} className="fragment-own">
        <p className="faint">
          Verbatim{position !== null && `, fragment #${formatCount(position)}`}, {formatCount(fragment.tokens)} tokens,{' '}
          {fragment.role.toLowerCase()}, {formatMoment(fragment.createdAt)}, shard {fragment.shard.name}
        </p>
        <p className="verbatim">
          {stretch === null ? (
            fragment.text
          ) : (
            <>
              {fragment.text.slice(0, stretch.from)}
              <mark>{fragment.text.slice(stretch.from, stretch.to)}</mark>
              {fragment.text.slice(stretch.to)}
            </>
          )}
        </p>
      </div>
      {after !== null && <Neighbour fragment={after} where="after" />}
      {neighbours.phase === 'failed' && <ErrorNote error={neighbours.error} onRetry={retry} />}
    </section>
  );
}

/** A quote where it stands; else the sentence that says most of what the answer does. */
function placeOf(text: string, { shown, claim, quotes }: Cited): Stretch | null {
  // The longest one: before it may stand the heading it is under.
  const [quote = ''] = quotes.toSorted((one, other) => other.length - one.length);
  const from = quote === '' ? -1 : text.indexOf(quote);
  return from === -1 ? findCited(text, shown, claim) : { from, to: from + quote.length };
}

function Neighbour({ fragment, where }: { fragment: FragmentFieldsFragment; where: 'before' | 'after' }): ReactNode {
  return (
    <section className="neighbour" aria-label={`The fragment ${where} it`}>
      <p className="faint">
        {where === 'before' ? 'Before it' : 'After it'} in the session: {nameOf(fragment.source)}
      </p>
      <p className="verbatim">{fragment.text}</p>
    </section>
  );
}
