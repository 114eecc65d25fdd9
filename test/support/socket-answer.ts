import { WebSocket } from 'ws';

export interface SocketMessage {
  readonly type: string;
  readonly payload?: unknown;
}

/** Sends one operation over graphql-transport-ws as a client without a library would; its messages until it ends. */
export async function socketAnswer(url: string, payload: Readonly<Record<string, unknown>>): Promise<SocketMessage[]> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws');
  const messages: SocketMessage[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('close', (code, reason) => reject(new Error(`closed with ${code}: ${reason}`)));
      socket.on('open', () => socket.send('{"type":"connection_init"}'));
      socket.on('message', (data) => {
        const message = JSON.parse(String(data)) as SocketMessage;
        if (message.type === 'connection_ack') socket.send(JSON.stringify({ id: 'one', type: 'subscribe', payload }));
        else if (message.type === 'ping') socket.send('{"type":"pong"}');
        else messages.push(message);
        if (message.type === 'complete' || message.type === 'error') resolve();
      });
    });
  } finally {
    socket.removeAllListeners('close');
    socket.close();
  }
  return messages;
}
