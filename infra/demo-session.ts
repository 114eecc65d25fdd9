import {
  AppendContextDocument,
  GenerateDocument,
  type GraphClient,
  newIdempotencyKey,
  OpenSessionDocument,
} from '@supercontext/client';
import type { CorpusFile } from './corpus.ts';
import { feed } from './feed.ts';
import { showAnswer } from './show-answer.ts';

/** One session of the demo, through the same client a frontend uses. */
export class DemoSession {
  readonly id: string;
  readonly #client: GraphClient;

  private constructor(client: GraphClient, id: string) {
    this.#client = client;
    this.id = id;
  }

  static async open(client: GraphClient, title: string): Promise<DemoSession> {
    const { openSession } = await client.mutate(OpenSessionDocument, { input: { title: title.slice(0, 200) } });
    if (openSession.session === null) throw new Error(openSession.userErrors[0]?.message ?? 'no session was opened');
    return new DemoSession(client, openSession.session.id);
  }

  /** Feeds files until they end or `stop` says so. @returns UTF-8 bytes of text that went in */
  async feed(files: Iterable<CorpusFile>, onTokens: (tokens: number) => void, stop: () => boolean): Promise<number> {
    let sizeBytes = 0;
    await feed(
      files,
      (batch, key) => this.#append(batch, key),
      (added) => {
        sizeBytes += added.sizeBytes;
        onTokens(added.tokens);
      },
      stop,
    );
    return sizeBytes;
  }

  async appendOne(file: { readonly path: string; readonly text: string }): Promise<{ ms: number; bytesUp: number }> {
    const bytesBefore = this.#client.bytesSent;
    const start = performance.now();
    await this.#append([file], newIdempotencyKey());
    return { ms: performance.now() - start, bytesUp: this.#client.bytesSent - bytesBefore };
  }

  /** Asks, prints the answer as it streams, then what it rests on and what it cost. */
  async ask(prompt: string): Promise<void> {
    process.stdout.write(`\n? ${prompt}\n\n  `);
    const bytesBefore = this.#client.bytesSent;
    const start = performance.now();
    let firstTokenMs = Number.NaN;
    for await (const { generate: event } of this.#client.subscribe(GenerateDocument, {
      input: { sessionId: this.id, prompt, idempotencyKey: newIdempotencyKey() },
    })) {
      switch (event.__typename) {
        case 'GenerationStarted':
        case 'EvidenceChosen':
          break;
        case 'TokenDelta':
          if (Number.isNaN(firstTokenMs)) firstTokenMs = performance.now() - start;
          process.stdout.write(event.text.replaceAll('\n', '\n  '));
          break;
        case 'GenerationFailed':
          throw new Error(`${event.code}: ${event.message}`);
        case 'GenerationCancelled':
          throw new Error('somebody cancelled the generation');
        case 'GenerationCompleted':
          console.log();
          showAnswer(event.generation, firstTokenMs, this.#client.bytesSent - bytesBefore, Buffer.byteLength(prompt));
      }
    }
  }

  async #append(
    files: readonly { readonly path: string; readonly text: string }[],
    idempotencyKey: string,
  ): Promise<{ tokens: number; sizeBytes: number }> {
    const { appendContext } = await this.#client.mutate(AppendContextDocument, {
      input: { sessionId: this.id, idempotencyKey, items: files.map(({ path, text }) => ({ file: { path, text } })) },
    });
    if (appendContext.receipt === null) {
      throw new Error(`the append was rejected: ${appendContext.userErrors[0]?.message ?? 'without a reason'}`);
    }
    return appendContext.receipt;
  }
}
