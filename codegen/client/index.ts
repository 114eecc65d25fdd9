export * from './advance-answer.ts';
export type { Interruption, Resumption } from './continue-stream.ts';
export type { WebSocketClass } from './counting-web-socket.ts';
export * from './create-client.ts';
export * from './generated/operations.ts';
export { GraphRequestError, type WireError } from './graph-request-error.ts';
export * from './new-keys.ts';
export type { Operation } from './operation.ts';
