import type { GraphClient } from '@supercontext/client';
import { createContext, use, useSyncExternalStore } from 'react';
import type { Connection, ConnectionState } from './open-connection.ts';

export const ConnectionContext = createContext<Connection | null>(null);

function useConnection(): Connection {
  const connection = use(ConnectionContext);
  if (connection === null) throw new Error('there is no connection around this component');
  return connection;
}

export function useClient(): GraphClient {
  return useConnection().client;
}

export function useConnectionState(): ConnectionState {
  const { onChange, state } = useConnection();
  return useSyncExternalStore(onChange, state);
}
