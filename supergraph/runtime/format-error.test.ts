import { ContractError, ERRORS } from '@supercontext/contract';
import { GraphQLError } from 'graphql';
import { expect, it } from 'vitest';
import { formatError } from './format-error.ts';

function extensionsOf(details: ContractError['details']): unknown {
  const originalError = new ContractError('STORAGE_UNAVAILABLE', 'not now', details);
  const error = new GraphQLError('not now', { originalError });
  return formatError(error.toJSON(), error, () => {}).extensions;
}

it('how long a caller is to wait is what the error itself says, else what the table says of its code', () => {
  expect(extensionsOf({ retryAfterMs: 12_000 })).toMatchObject({
    retryAfterMs: 12_000,
    details: { retryAfterMs: 12_000 },
  });
  expect(extensionsOf({ file: 'a' })).toMatchObject({ retryAfterMs: ERRORS.STORAGE_UNAVAILABLE.retryAfterMs });
});
