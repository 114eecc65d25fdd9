import { createClient, type GraphClient } from '@supercontext/client';

export type ConnectionState = 'idle' | 'connected' | 'disconnected';

/** The platform as the page sees it: its graph, and how the socket to it is. */
export interface Connection {
  readonly client: GraphClient;
  readonly state: () => ConnectionState;
  readonly onChange: (listener: () => void) => () => void;
}

export function openConnection(url: string): Connection {
  let state: ConnectionState = 'idle';
  const listeners = new Set<() => void>();
  const client = createClient({
    url,
    onState: (next) => {
      state = next;
      for (const listener of listeners) listener();
    },
  });
  return {
    client,
    state: () => state,
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
