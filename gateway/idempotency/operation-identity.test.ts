import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { identityOf, isUniqueId } from './operation-identity.ts';

const many = (make: () => string): string[] => Array.from({ length: 500 }, make);
const digest = (algorithm: string): string => createHash(algorithm).update('{ a }').digest('hex');

describe('the id of an operation', () => {
  it('is unique by itself when it is random', () => {
    expect(many(randomUUID).filter((id) => !isUniqueId(id))).toEqual([]);
    expect(many(() => randomBytes(9).toString('hex')).filter((id) => !isUniqueId(id)).length).toBeLessThan(50);
    expect(isUniqueId('01JD8Y5W9GZK3T4Q6N7M2R8XVB')).toBe(true);
  });

  it.each([
    ['1'],
    ['00000001'],
    ['0000000000000001'],
    ['subscription-000000000001'],
    ['user_42_operation_17'],
    ['00000000-0000-4000-8000-000000000001'],
    ['generate:ses_000000000000000000000000'],
    [digest('md5')],
    [digest('sha1')],
    [digest('sha256')],
    // A UUID that is a digest of a name.
    ['cfbff0d1-9375-5685-968c-48ce8b15ae17'],
    [''],
  ])('%s may come from two clients', (id) => {
    expect(isUniqueId(id)).toBe(false);
  });
});

describe('the identity of an operation that is sent', () => {
  const sent = { id: randomUUID(), text: '{ a }', operationName: undefined, variables: { n: 1 } };

  it('is the same when it is sent again, and another for another id, text, name or variable', () => {
    expect(identityOf({ ...sent })).toBe(identityOf({ ...sent, variables: { n: 1 } }));
    const others = [{ id: randomUUID() }, { text: '{ b }' }, { operationName: 'A' }, { variables: { n: 2 } }];
    const all = [sent, ...others.map((other) => ({ ...sent, ...other }))].map(identityOf);
    expect(new Set(all).size).toBe(5);
  });

  it('is unknown where the id counts', () => {
    expect(identityOf({ ...sent, id: '7' })).toBeUndefined();
  });
});
