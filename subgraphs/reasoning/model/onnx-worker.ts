import { parentPort, workerData } from 'node:worker_threads';
import { TokenBytes } from '../gguf/token-bytes.ts';
import { describeFailure, Engine } from './engine.ts';
import type { EngineStart, FromEngine, ToEngine } from './engine-protocol.ts';
import { OnnxDecoder } from './onnx-decoder.ts';
import { openSessions } from './onnx-provider.ts';

/**
 * The thread that owns a model's sessions of ONNX Runtime and the KV caches: a step blocks its thread until it is done, so it
 * must not be the one that serves requests. Messages in: `ToEngine`; out: `ready` or `refused` once, then `event`s.
 */
async function main(port: NonNullable<typeof parentPort>, start: EngineStart): Promise<void> {
  const send = (message: FromEngine): void => port.postMessage(message);
  try {
    const decoder = new OnnxDecoder(await openSessions(start), start.provider, start.shape);
    const engine = new Engine({
      decoder,
      tokenBytes: new TokenBytes(start.table),
      ends: start.ends,
      limits: start.limits,
      emit: (jobId, event) => send({ type: 'event', jobId, event }),
    });
    port.on('message', (message: ToEngine) => {
      switch (message.type) {
        case 'submit':
          return engine.submit(message.job);
        case 'cancel':
          return engine.cancel(message.jobId);
        case 'forget':
          return engine.forget(message.sessionId);
        case 'close':
          return void engine
            .close()
            .then(() => decoder.close())
            .then(() => port.close());
      }
    });
    send({ type: 'ready', provider: decoder.provider });
  } catch (error) {
    send({ type: 'refused', failure: describeFailure(error) });
    port.close();
  }
}

if (parentPort !== null) await main(parentPort, workerData as EngineStart);
