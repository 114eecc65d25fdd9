import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { CONTRACT_HEADER, CONTRACT_VERSION, ContractError, ERRORS } from '@supercontext/contract';
import { errorExtensions } from '../format-error.ts';
import { SAFE_HEADERS } from './safe-headers.ts';

/** How long a socket that was told why it is closed may take to read it. */
const LINGER_MS = 1_000;

const UNSUPPORTED_TYPE = 415;
/** The one content type of what is read here. */
const BODY_TYPE = 'application/json';

/** A ContractError that HTTP has a status of its own for. */
export class Refusal extends ContractError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super('INPUT_INVALID', message);
    this.status = status;
    this.headers = headers;
  }
}

export function bodyTooLarge(maximumBytes: number): ContractError {
  return new ContractError('REQUEST_TOO_LARGE', `the request body is larger than ${maximumBytes} bytes`, {
    maximumBytes,
  });
}

/** What fastify or a handler threw, as an error of the contract; `report` takes what is a fault of this program. */
export function asContractError(
  error: Error & { readonly statusCode?: number },
  { bodyLimitBytes, report }: { readonly bodyLimitBytes: number; readonly report: (error: unknown) => void },
): ContractError {
  if (error instanceof ContractError) {
    if (error.code === 'INTERNAL') report(error);
    return error;
  }
  const { statusCode = 500 } = error;
  if (statusCode === ERRORS.REQUEST_TOO_LARGE.status) return bodyTooLarge(bodyLimitBytes);
  if (statusCode === UNSUPPORTED_TYPE) {
    return new Refusal(statusCode, `a body has to be ${BODY_TYPE}`, { accept: BODY_TYPE });
  }
  if (statusCode < 500) return new Refusal(statusCode, error.message);
  report(error);
  return new ContractError('INTERNAL', 'a fault of this program');
}

/** The status of an error's answer. */
export function statusOf(error: ContractError): number {
  return error instanceof Refusal ? error.status : ERRORS[error.code].status;
}

/** The body of the answer to a request that never became an operation. */
export function refusalBody({ code, message, details }: ContractError): string {
  return JSON.stringify({ errors: [{ message, extensions: errorExtensions(code, details) }] });
}

function refusalHeaders(error: ContractError): Record<string, string> {
  return {
    ...SAFE_HEADERS,
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    [CONTRACT_HEADER]: String(CONTRACT_VERSION),
    ...(error instanceof Refusal ? error.headers : {}),
  };
}

/** Answers a request; ends the connection where an answer is under way already. Never throws. */
export function refuseRequest(response: ServerResponse, error: ContractError): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = refusalBody(error);
  response
    .writeHead(statusOf(error), { ...refusalHeaders(error), 'content-length': Buffer.byteLength(body) })
    .end(body);
}

/** Answers on a socket that has no response, and closes it. Never throws. */
export function refuseSocket(socket: Duplex, error: ContractError): void {
  if (socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = statusOf(error);
  const body = refusalBody(error);
  const headers = {
    ...refusalHeaders(error),
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
  // At once would be a reset for whoever still sends, and the answer lost with it.
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
