import { ContractError, ERRORS, type ErrorCode } from '@supercontext/contract';

/** A business error as the graph has it: what a caller can put right comes back as data. */
export interface UserError {
  readonly message: string;
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly remedy: string;
  /** Of a REVISION_CONFLICT. */
  readonly currentRevision?: number;
}

/** A plain object: graphql-js takes an Error among the values for one that was thrown. */
export function userErrorOf({ message, code, details: { currentRevision } }: ContractError): UserError {
  const { retryable, remedy } = ERRORS[code];
  const error = { message, code, retryable, remedy };
  return typeof currentRevision === 'number' ? { ...error, currentRevision } : error;
}

/**
 * The payload of a mutation: what it did, or nothing and why not.
 * @param correctable Codes of what its caller can put right; whatever else goes wrong is thrown
 */
export async function orUserErrors<Done extends object, Nothing extends object>(
  correctable: ReadonlySet<ErrorCode>,
  nothing: Nothing,
  work: () => Promise<Done>,
): Promise<(Done | Nothing) & { userErrors: UserError[] }> {
  try {
    return { ...(await work()), userErrors: [] };
  } catch (error) {
    if (!(error instanceof ContractError) || !correctable.has(error.code)) throw error;
    return { ...nothing, userErrors: [userErrorOf(error)] };
  }
}
