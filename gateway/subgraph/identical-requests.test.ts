import { expect, it } from 'vitest';
import { IdenticalRequests } from './identical-requests.ts';

it('sends identical requests of one turn once and gives everybody the reply', async () => {
  const requests = new IdenticalRequests<number>();
  let sent = 0;
  const send = async (): Promise<number> => ++sent;
  expect(await Promise.all([requests.merge('a', send), requests.merge('a', send), requests.merge('b', send)])).toEqual([
    1, 1, 2,
  ]);
});

it('never joins a request that has left already, since it may have read before a write', async () => {
  const requests = new IdenticalRequests<number>();
  let sent = 0;
  let answer = (): void => undefined;
  const first = requests.merge('a', () => {
    const reply = ++sent;
    return new Promise((resolve) => {
      answer = () => resolve(reply);
    });
  });
  await new Promise(setImmediate);
  const second = requests.merge('a', async () => ++sent);
  expect(await second).toBe(2);
  answer();
  expect(await first).toBe(1);
});

it('gives an error to all who wait for it and to nobody after', async () => {
  const requests = new IdenticalRequests<number>();
  const fail = async (): Promise<number> => Promise.reject(new Error('down'));
  const settled = await Promise.allSettled([requests.merge('a', fail), requests.merge('a', fail)]);
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await requests.merge('a', async () => 7)).toBe(7);
});
