import type { WorkingSetFieldsFragment } from '@supercontext/client';
import type { ReactNode } from 'react';
import { formatCount } from '../format.ts';
import { sharesOf } from './measure-context.ts';

/** What the budget went to, by reason. */
export function BudgetBar({ workingSet }: { readonly workingSet: WorkingSetFieldsFragment }): ReactNode {
  const shares = sharesOf(workingSet);
  return (
    <>
      <div className="bar" aria-hidden="true">
        {shares.map(({ reason, ofBudget }) => (
          <span
            key={reason}
            className={`bar-part reason-${reason.toLowerCase()}`}
            style={{ width: `${ofBudget * 100}%` }}
          />
        ))}
      </div>
      <table className="shares">
        <caption className="visually-hidden">Tokens of the budget by reason</caption>
        <thead>
          <tr>
            <th scope="col">Reason</th>
            <th scope="col">Shown</th>
            <th scope="col">Stands for</th>
          </tr>
        </thead>
        <tbody>
          {shares.map(({ reason, segments, tokens, originalTokens }) => (
            <tr key={reason}>
              <th scope="row">
                <span className={`swatch reason-${reason.toLowerCase()}`} aria-hidden="true" />
                {reason.toLowerCase()} <span className="faint">× {segments}</span>
              </th>
              <td>{formatCount(tokens)}</td>
              <td>{formatCount(originalTokens)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
