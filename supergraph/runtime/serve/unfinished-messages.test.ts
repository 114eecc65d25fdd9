import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { frame } from '../../../test/support/hostile-frames.ts';
import { UnfinishedMessages } from './unfinished-messages.ts';

const TEXT = 1;
const CONTINUED = 0;
const PING = 9;
const BOUNDS = { maximumBodiesBytes: 100_000, smallBodyBytes: 10_000, requestTimeoutMs: 30_000, lookMs: 2_000 };

class FakeSocket extends EventEmitter {
  isPaused = false;
  closedWith: number | undefined;
  close(code: number): void {
    this.closedWith = code;
  }
  terminate(): void {
    this.emit('close');
  }
}

function open(unfinished: UnfinishedMessages) {
  const socket = new FakeSocket();
  const raw = new EventEmitter();
  unfinished.follow(socket as never, raw as never);
  const send = (opcode: number, sizeBytes: number, isFinal = false): void => {
    raw.emit('data', frame({ opcode, payload: Buffer.alloc(sizeBytes), isFinal }));
  };
  return { socket, raw, send };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('closes the socket whose message goes over what all together may hold, and no other', () => {
  const unfinished = new UnfinishedMessages(BOUNDS);
  const [one, two, three] = [open(unfinished), open(unfinished), open(unfinished)];
  one.send(TEXT, 50_000);
  two.send(TEXT, 40_000);
  three.send(TEXT, 8_000);
  expect([one, two, three].map(({ socket }) => socket.closedWith)).toEqual([undefined, undefined, undefined]);
  two.send(CONTINUED, 5_000);
  expect([one, two, three].map(({ socket }) => socket.closedWith)).toEqual([undefined, 1_013, undefined]);
  expect(unfinished.totalBytes).toBeGreaterThan(58_000);
  expect(unfinished.totalBytes).toBeLessThan(62_000);
});

it.each([PING, 10])('counts a message on after control frames of opcode %i within it', (opcode) => {
  const unfinished = new UnfinishedMessages(BOUNDS);
  const { socket, send } = open(unfinished);
  send(TEXT, 1);
  for (let at = 0; at < 10 && socket.closedWith === undefined; at++) {
    send(CONTINUED, 20_000);
    send(opcode, 5, true);
    socket.emit(opcode === PING ? 'ping' : 'pong', Buffer.alloc(5));
  }
  expect(socket.closedWith).toBe(1_013);
});

it('forgets a message when it has ended, and a socket when it has gone', () => {
  const unfinished = new UnfinishedMessages(BOUNDS);
  const [one, two] = [open(unfinished), open(unfinished)];
  for (let message = 0; message < 10; message++) {
    one.send(TEXT, 90_000);
    one.send(CONTINUED, 0, true);
  }
  two.send(TEXT, 90_000);
  two.socket.emit('close');
  two.send(CONTINUED, 90_000);
  expect(unfinished.totalBytes).toBe(0);
  expect(one.socket.closedWith).toBeUndefined();
});

it('counts nothing of what follows a frame that is none', () => {
  const unfinished = new UnfinishedMessages(BOUNDS);
  const { socket, raw } = open(unfinished);
  socket.emit('error', new Error('no frame'));
  for (let time = 0; time < 10; time++) raw.emit('data', Buffer.alloc(90_000));
  expect([unfinished.totalBytes, socket.closedWith]).toEqual([0, undefined]);
});

it('closes the socket whose message does not end in time, however little of it there is', () => {
  const unfinished = new UnfinishedMessages(BOUNDS);
  const [slow, quick, idle] = [open(unfinished), open(unfinished), open(unfinished)];
  slow.send(TEXT, 1);
  for (let second = 0; second < 36; second++) {
    vi.advanceTimersByTime(1_000);
    if (second === 20) expect(slow.socket.closedWith).toBeUndefined();
    slow.send(PING, 0, true);
    quick.send(TEXT, 1);
    quick.send(CONTINUED, 1, true);
    idle.send(PING, 0, true);
  }
  expect([slow, quick, idle].map(({ socket }) => socket.closedWith)).toEqual([4_408, undefined, undefined]);
  expect(unfinished.totalBytes).toBe(0);
});

it('does not count the time in which a socket is not read', () => {
  const unfinished = new UnfinishedMessages(BOUNDS);
  const { socket, send } = open(unfinished);
  send(TEXT, 1);
  socket.isPaused = true;
  vi.advanceTimersByTime(60_000);
  socket.isPaused = false;
  vi.advanceTimersByTime(20_000);
  expect(socket.closedWith).toBeUndefined();
  vi.advanceTimersByTime(20_000);
  expect(socket.closedWith).toBe(4_408);
});
