import type { WorkingSetFieldsFragment } from '@supercontext/client';
import type { ReactNode } from 'react';
import { formatCount } from '../format.ts';
import { spansOf } from './measure-context.ts';

/** The whole session as one line, with the places the model saw. */
export function LogStrip({ workingSet }: { readonly workingSet: WorkingSetFieldsFragment }): ReactNode {
  const { omitted, sessionTokens } = workingSet;
  return (
    <figure className="strip">
      <div className="strip-line" aria-hidden="true">
        {spansOf(workingSet).map(({ index, reason, from, width }) => (
          <span
            key={index}
            className={`strip-span reason-${reason.toLowerCase()}`}
            style={{ left: `min(${from * 100}%, 100% - 3px)`, width: `${width * 100}%` }}
          />
        ))}
      </div>
      <figcaption className="faint">
        The session from its first to its latest fragment. {formatCount(omitted.tokens)} of {formatCount(sessionTokens)}{' '}
        tokens in {formatCount(omitted.fragments)} fragments were left out.
      </figcaption>
    </figure>
  );
}
