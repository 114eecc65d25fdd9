import { ERRORS, type ErrorRow, REQUEST_ERRORS } from '@supercontext/contract';
import { code, markdownTable } from './markdown-table.ts';

/** Every code of the contract with all that is said of it. */
export function errorsTable(): string {
  const rows = Object.entries(ERRORS).map(([name, row]: [string, ErrorRow]) => [
    code(name),
    row.when,
    again(row),
    row.remedy,
    String(row.status),
  ]);
  return markdownTable(['code', 'when', 'send it again', 'remedy', 'status'], rows);
}

/** The codes of a request that is not valid GraphQL. */
export function requestErrorsTable(): string {
  return markdownTable(
    ['code', 'remedy'],
    Object.entries(REQUEST_ERRORS).map(([name, remedy]) => [code(name), remedy]),
  );
}

function again({ retryable, retryAfterMs }: ErrorRow): string {
  if (!retryable) return 'no';
  return retryAfterMs === undefined ? 'yes' : `after ${retryAfterMs} ms`;
}
