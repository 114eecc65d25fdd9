import { EventEmitter } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SocketExtra } from '@supercontext/runtime/serve/graphql-sockets.ts';
import { describe, expect, it } from 'vitest';
import { DeliveryLedger } from './delivery-ledger.ts';
import { SocketReceipts } from './socket-receipts.ts';

function fakeSocket() {
  const pings: string[] = [];
  const socket = Object.assign(new EventEmitter(), {
    OPEN: 1,
    readyState: 1,
    ping: (token: string) => pings.push(token),
  });
  const ledger = new DeliveryLedger();
  return { socket, pings, ledger, receipts: new SocketReceipts(socket as unknown as SocketExtra['socket'], ledger) };
}

describe('receipts of a socket', () => {
  it('take events for delivered that were sent before a ping that is answered, and no others', async () => {
    const { socket, pings, ledger, receipts } = fakeSocket();
    ledger.open('a');
    ledger.open('b');
    receipts.sent('a', 'a:0');
    receipts.sent('a', 'a:1');
    receipts.sent('b', 'b:0');
    await nextTurn();
    receipts.sent('a', 'a:2');
    await nextTurn();
    expect(pings).toHaveLength(1);
    expect(ledger.open('a')).toBeUndefined();
    socket.emit('pong', Buffer.from('another'));
    expect(ledger.open('a')).toBeUndefined();
    socket.emit('pong', Buffer.from(pings[0] ?? ''));
    expect([ledger.open('a'), ledger.open('b')]).toEqual(['a:1', 'b:0']);
    await nextTurn();
    socket.emit('pong', Buffer.from(pings[1] ?? ''));
    expect(ledger.open('a')).toBe('a:2');
  });

  it('do not believe a socket that is closing', async () => {
    const { socket, pings, receipts } = fakeSocket();
    socket.readyState = 2;
    receipts.sent('a', 'a:0');
    await nextTurn();
    expect(pings).toEqual([]);
  });
});

describe('the ledger', () => {
  it('forgets what is old, what was left, and what it never began', () => {
    let now = 0;
    const ledger = new DeliveryLedger(() => now);
    ledger.confirm('a', 'a:0');
    expect(ledger.open('a')).toBeUndefined();
    ledger.confirm('a', 'a:1');
    now += 60_000;
    expect(ledger.open('a')).toBe('a:1');
    now += 11 * 60_000;
    expect(ledger.open('a')).toBeUndefined();
    ledger.confirm('a', 'a:2');
    ledger.forget('a');
    expect(ledger.open('a')).toBeUndefined();
  });
});
