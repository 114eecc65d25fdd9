import { ContractError, type ErrorDetails } from '@supercontext/contract';

/** A fault of a model file: what is wrong, and where in the file when that is known. */
export function modelInvalid(what: string, details: ErrorDetails = {}): ContractError {
  const at = typeof details.offsetBytes === 'number' ? ` (at byte ${details.offsetBytes})` : '';
  return new ContractError('MODEL_INVALID', `model file refused: ${what}${at}`, details);
}
