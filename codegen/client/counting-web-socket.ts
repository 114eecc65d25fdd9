/** What the client needs of a WebSocket class: the browser's, Node's own, or that of `ws`. */
export interface WebSocketClass {
  new (url: string, protocols?: string | string[]): WebSocketLike;
}

/** What the client needs of one WebSocket. */
export interface WebSocketLike {
  readonly readyState: number;
  send(data: string): void;
  close(code?: number, reason?: string): void;
  /** Only `ws` has it: cuts without a closing handshake. */
  terminate?(): void;
}

const encoder = new TextEncoder();
const MASK_BYTES = 4;

export interface SocketObserver {
  readonly onSent: (sizeBytes: number) => void;
  readonly onOpen: (socket: WebSocketLike) => void;
  /** Asked to close with this code: calls `close` when it shall be, at once or later. */
  readonly onClose: (code: number | undefined, close: () => void) => void;
}

/** A WebSocket class that tells of every socket opened, of the size of every frame it sends, and of being asked to close. */
export function countingWebSocket(Base: WebSocketClass, { onSent, onOpen, onClose }: SocketObserver): WebSocketClass {
  return class CountingWebSocket extends Base {
    constructor(url: string, protocols?: string | string[]) {
      super(url, protocols);
      onOpen(this);
    }

    override send(data: string): void {
      onSent(frameBytes(encoder.encode(data).byteLength));
      super.send(data);
    }

    override close(code?: number, reason?: string): void {
      onClose(code, () => super.close(code, reason));
    }
  };
}

/** Bytes on the wire of one client frame with a payload of this size: header, mask and payload. */
export function frameBytes(payloadBytes: number): number {
  const headerBytes = payloadBytes < 126 ? 2 : payloadBytes < 65_536 ? 4 : 10;
  return headerBytes + MASK_BYTES + payloadBytes;
}
