import { GraphRequestError } from './graph-request-error.ts';

/** A mutation's payload when the platform accepted the input. @throws GraphRequestError with the code of its first user error. */
export function accepted<Payload extends { readonly userErrors: readonly { code: string; message: string }[] }>(
  payload: Payload,
): Payload {
  const [first] = payload.userErrors;
  if (first === undefined) return payload;
  const { code, message, ...details } = first;
  throw new GraphRequestError(code, message, { details });
}
