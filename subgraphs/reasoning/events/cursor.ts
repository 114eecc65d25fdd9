import { ContractError } from '@supercontext/contract';

/** A place in one generation's log: after the event of this sequence; -1 is before the first. */
export interface Cursor {
  readonly generationId: string;
  readonly sequence: number;
}

const CURSOR = /^(gen_[0-9a-f]{24}):(0|[1-9]\d{0,8})$/;

export function encodeCursor(generationId: string, sequence: number): string {
  return `${generationId}:${sequence}`;
}

/** @throws ContractError CURSOR_UNKNOWN for whatever `encodeCursor` cannot have written. */
export function decodeCursor(cursor: string): Cursor {
  const [, generationId, sequence] = CURSOR.exec(cursor) ?? [];
  if (generationId === undefined || sequence === undefined) throw cursorUnknown();
  return { generationId, sequence: Number(sequence) };
}

export function cursorUnknown(): ContractError {
  return new ContractError('CURSOR_UNKNOWN', 'the cursor was not issued by this stream');
}
