import { CONTRACT_HEADER, CONTRACT_VERSION } from '@supercontext/contract';
import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';

export interface StageAnswer<Data> {
  readonly data?: Data;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

/** Asks one stage directly over HTTP, as the gateway would; for stages that answer anybody. */
export async function askStage<Data>(url: string, query: string, variables: object = {}): Promise<StageAnswer<Data>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [CONTRACT_HEADER]: String(CONTRACT_VERSION) },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as StageAnswer<Data>;
}

/** A graphql-ws client of one stage that never reconnects by itself. */
export function stageSocket(url: string, contractVersion: number = CONTRACT_VERSION): Client {
  return createClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { [CONTRACT_HEADER]: contractVersion },
    retryAttempts: 0,
  });
}
