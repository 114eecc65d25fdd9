import { GraphRequestError } from '@supercontext/client';

/** An error as the page shows it. */
export interface ShownError {
  readonly code: string;
  readonly message: string;
  readonly remedy: string | null;
  /** Whether the same may go well later. */
  readonly retryable: boolean;
}

export function describeError(error: unknown): ShownError {
  if (error instanceof GraphRequestError) {
    return { code: error.code, message: error.message, remedy: error.remedy ?? null, retryable: error.retryable };
  }
  return {
    code: 'INTERNAL',
    message: error instanceof Error ? error.message : String(error),
    remedy: null,
    retryable: false,
  };
}
