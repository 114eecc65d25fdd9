import type { ReactNode } from 'react';
import { useClient, useConnectionState } from './connection-context.ts';

const LABELS = { idle: 'Idle', connected: 'Connected', disconnected: 'Disconnected' } as const;

/** Shows how the socket is, and cuts it: what streams goes on after its last event. */
export function NetworkButton(): ReactNode {
  const client = useClient();
  const state = useConnectionState();
  return (
    <div className="network">
      <span className={`network-state network-${state}`} role="status" aria-label="Connection">
        {LABELS[state]}
      </span>
      <button
        type="button"
        className="button quiet"
        onClick={() => client.disconnect()}
        title="Cuts the socket for real. An answer that streams goes on after its last event: nothing lost, nothing twice."
      >
        Cut my network
      </button>
    </div>
  );
}
