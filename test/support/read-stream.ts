import { CONTRACT_HEADER, CONTRACT_VERSION } from '@supercontext/contract';
import { SIGNATURE_HEADER, SOCKET_BODY, signRequest } from '@supercontext/runtime/call/sign.ts';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { SIGNING_KEY } from './stage-process.ts';

const EVENT = '{ __typename cursor sequence ... on TokenDelta { text } ... on GenerationFailed { code retryable } }';

export interface StreamEvent {
  readonly __typename: string;
  readonly cursor: string;
  readonly sequence: number;
  readonly text?: string;
  readonly code?: string;
  readonly retryable?: boolean;
}

export type StreamQuery = readonly [query: string, variables: Readonly<Record<string, unknown>>];

/** Asks, and streams what is answered. */
export function generate(input: Readonly<Record<string, unknown>>): StreamQuery {
  return [`subscription ($input: AskInput!) { generate(input: $input) ${EVENT} }`, { input }];
}

/** What comes after a cursor. */
export function follow(after: string | undefined): StreamQuery {
  return [`subscription ($after: Cursor) { generationEvents(after: $after) ${EVENT} }`, { after }];
}

/** Adds the events of a stream of a reasoning stage to `events`, to its end or until there are `enough`. */
export async function readStream(
  { url }: { readonly url: string },
  [query, variables]: StreamQuery,
  { events, enough = Number.POSITIVE_INFINITY }: { readonly events: StreamEvent[]; readonly enough?: number },
): Promise<void> {
  const client = createClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: () => ({
      [CONTRACT_HEADER]: CONTRACT_VERSION,
      [SIGNATURE_HEADER]: signRequest(SIGNING_KEY, { stage: 'reasoning', body: SOCKET_BODY }),
    }),
    retryAttempts: 0,
  });
  try {
    for await (const { data, errors } of client.iterate<Record<string, StreamEvent>>({ query, variables })) {
      if (errors !== undefined) throw new Error(JSON.stringify(errors));
      const event = Object.values(data ?? {})[0];
      if (event !== undefined && event !== null) events.push(event);
      if (events.length >= enough) return;
    }
  } finally {
    await client.dispose();
  }
}
