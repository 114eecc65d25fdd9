import { ContractError } from '@supercontext/contract';
import { isFieldValue } from '@supercontext/runtime/call/field-value.ts';

/** Of a header that is sent on. With the hops of a long request it still fits into what a stage takes of headers. */
export const MAXIMUM_FORWARDED_CHARACTERS = 8 * 1024;

/**
 * A caller's value that goes on to the subgraphs as the header `name`. Not only from HTTP, where it was a header already, but from
 * the JSON of a WebSocket, too, which holds anything.
 * @throws ContractError INPUT_INVALID
 */
export function forwardable(name: string, value: string): string {
  if (value.length > MAXIMUM_FORWARDED_CHARACTERS) {
    const maximumCharacters = MAXIMUM_FORWARDED_CHARACTERS;
    throw new ContractError('INPUT_INVALID', `${name} is longer than ${maximumCharacters} characters`, {
      ...{ argument: name, maximumCharacters },
    });
  }
  if (isFieldValue(value)) return value;
  throw new ContractError('INPUT_INVALID', `${name} has characters that no HTTP header can have`, { argument: name });
}
