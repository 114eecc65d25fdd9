import { parentPort, workerData } from 'node:worker_threads';
import { ChatPrompt } from '../gguf/chat-prompt.ts';
import { inspectModel } from '../gguf/inspect-model.ts';
import { prepareModel } from '../gguf/prepare-model.ts';
import { tokenTable } from '../gguf/token-bytes.ts';
import { Tokenizer } from '../gguf/tokenizer.ts';
import { checkMemory } from './check-memory.ts';
import { describeFailure } from './engine.ts';
import { hashOfModel, verifiedHash } from './file-hash.ts';
import type { FromPrompt, PromptStart, ToPrompt } from './prompt-protocol.ts';

/**
 * The thread that reads a model's file: it verifies and prepares it, has its vocabulary and its chat template, and turns messages into
 * tokens. All of this comes from a file that anybody may have written, and takes as long as its size; the thread that serves requests
 * never waits for it. Messages in: `ToPrompt`, one at a time; out: `ready` or `failed` once, then one answer to each.
 */
async function main(port: NonNullable<typeof parentPort>, start: PromptStart): Promise<void> {
  const send = (message: FromPrompt): void => port.postMessage(message);
  try {
    const { manifest, ggufPath, cacheDirectory, precision } = start;
    const verified = manifest.sha256 === null ? null : await verifiedHash(ggufPath, manifest, cacheDirectory);
    const { name, sizeBytes, vocabulary, neededBytes } = inspectModel(ggufPath);
    checkMemory(neededBytes, start.freeBytes);
    const tokenizer = new Tokenizer(vocabulary);
    // Before the graphs are built: a template that cannot be used is told in a moment.
    const chat = new ChatPrompt(vocabulary, tokenizer);
    const sha256 = verified ?? (await hashOfModel(ggufPath, cacheDirectory));
    const { graphs, shape } = prepareModel({ ggufPath, sha256, cacheDirectory, precision });
    const { ends } = vocabulary;
    port.on('message', (message: ToPrompt) => {
      try {
        send({ type: 'answer', numbers: Uint32Array.from(answerTo(message, tokenizer, chat)) });
      } catch (error) {
        send({ type: 'failed', failure: describeFailure(error) });
      }
    });
    send({
      type: 'ready',
      prepared: { graphs, shape, table: tokenTable(vocabulary), ends, name, sizeBytes, sha256 },
    });
  } catch (error) {
    send({ type: 'failed', failure: describeFailure(error) });
    port.close();
  }
}

function answerTo(message: ToPrompt, tokenizer: Tokenizer, chat: ChatPrompt): readonly number[] {
  if (message.type === 'encode') return chat.encode(message.messages);
  return message.texts.map((text) => tokenizer.encode(text).length);
}

if (parentPort !== null) await main(parentPort, workerData as PromptStart);
