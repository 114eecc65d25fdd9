import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { UnfinishedMessages } from './unfinished-messages.ts';

const BOUNDS = { maximumBodiesBytes: 1_000, smallBodyBytes: 100 };

class FakeSocket extends EventEmitter {
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
  unfinished.follow(socket as unknown as WebSocket, raw as never);
  return { socket, send: (bytes: number) => raw.emit('data', new Uint8Array(bytes)) };
}

it('closes the socket whose message goes over what all together may hold, and no other', () => {
  const unfinished = new UnfinishedMessages(BOUNDS);
  const [one, two, three] = [open(unfinished), open(unfinished), open(unfinished)];
  one.send(600);
  two.send(400);
  three.send(100);
  expect([one, two, three].map(({ socket }) => socket.closedWith)).toEqual([undefined, undefined, undefined]);
  two.send(1);
  expect([one, two, three].map(({ socket }) => socket.closedWith)).toEqual([undefined, 1_013, undefined]);
  expect(unfinished.totalBytes).toBe(700);
});

it('forgets a message when it has ended, and a socket when it has gone', () => {
  const unfinished = new UnfinishedMessages(BOUNDS);
  const [one, two] = [open(unfinished), open(unfinished)];
  for (let message = 0; message < 10; message++) {
    one.send(900);
    one.socket.emit('message');
  }
  two.send(900);
  two.socket.emit('close');
  expect(unfinished.totalBytes).toBe(0);
  expect(one.socket.closedWith).toBeUndefined();
});
