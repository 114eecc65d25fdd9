import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { documentHash } from './document-hash.ts';

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes);

it('is that of the text of one part, and of the hashes of several', async () => {
  expect(await documentHash(['An é.'])).toBe(sha256('An é.').digest('hex'));
  const hashes = Buffer.concat([sha256('one').digest(), sha256('two').digest()]);
  expect(await documentHash(['one', 'two'])).toBe(sha256(hashes).digest('hex'));
});
