import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a question to an OpenAI-compatible server has in it, as far as tests look at it. */
export interface ChatBody {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly max_tokens?: number;
  readonly prompt_cache_key?: string;
  readonly [parameter: string]: unknown;
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** As it came; empty for a GET. */
  readonly text: string;
  readonly body: ChatBody;
  /** Resolves when the connection of its answer is gone before the answer has ended. */
  readonly leftEarly: Promise<void>;
}

export type Script = (response: ServerResponse, request: SeenRequest) => Promise<void> | void;

export interface ModelServerDouble {
  /** What a platform is told: with `/v1`. */
  readonly url: string;
  readonly port: number;
  /** All requests so far, in order, those of lists left out. */
  readonly questions: readonly SeenRequest[];
  /** Those of lists among them; a test may take them away. */
  readonly requests: SeenRequest[];
  /** What happens to the next questions. */
  script: Script;
  /** The models that `GET /v1/models` lists. */
  models: readonly (Readonly<Record<string, unknown>> & { readonly id: string })[];
  close(): Promise<void>;
}

/** A server that does to each question what a test says. */
export async function modelServerDouble(script: Script = say('It', ' is', ' 300.')): Promise<ModelServerDouble> {
  const requests: SeenRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const leftEarly = once(response, 'close').then(() => {
      if (response.writableFinished) return new Promise<void>(() => {});
      return undefined;
    });
    const seen: SeenRequest = {
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      headers: incoming.headers,
      text,
      body: (text === '' ? {} : JSON.parse(text)) as ChatBody,
      leftEarly,
    };
    requests.push(seen);
    if (seen.method === 'GET') json(response, 200, { object: 'list', data: double.models });
    else await double.script(response, seen);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const double: ModelServerDouble = {
    script,
    models: [{ id: 'double' }],
    url: `http://127.0.0.1:${port}/v1`,
    port,
    requests,
    get questions() {
      return requests.filter(({ method }) => method === 'POST');
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return double;
}

export function json(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export function beginStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
}

/** One event of a stream, as bytes. */
export function eventOf(data: object | string): string {
  return `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
}

export function delta(content: string): string {
  return eventOf({ id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content } }] });
}

export function finish(reason: string, usage?: object): string {
  const end = eventOf({ id: 'c', choices: [{ index: 0, delta: {}, finish_reason: reason }] });
  return end + (usage === undefined ? '' : eventOf({ id: 'c', choices: [], usage })) + eventOf('[DONE]');
}

export function usageOf(promptTokens: number, cachedTokens: number, outputTokens: number): object {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: outputTokens,
    total_tokens: promptTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens },
  };
}

/** Says these words, up to as many as are asked for, and counts. */
export function say(...words: readonly string[]): Script {
  return (response, { body }) => {
    const said = words.slice(0, body.max_tokens);
    beginStream(response);
    for (const word of said) response.write(delta(word));
    response.end(finish(said.length < words.length ? 'length' : 'stop', usageOf(120, 100, said.length)));
  };
}
