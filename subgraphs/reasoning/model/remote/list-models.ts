import { ContractError } from '@supercontext/contract';
import { fetchAtMost } from './guarded-fetch.ts';
import type { ModelServer } from './model-server.ts';
import { toldCount } from './told-count.ts';

/** A model as its server lists it. */
export interface ServedModel {
  readonly name: string;
  /** Null where the server does not say. */
  readonly contextTokens: number | null;
  readonly sizeBytes: number | null;
}

const MAXIMUM_LIST_BYTES = 2 * 1024 * 1024;
const MOST_MODELS = 64;
const MOST_NAME_CHARACTERS = 200;
const PLAIN_NAME = /^[\x21-\x7e]+$/;
/** Fields in which servers say how long a prompt and its answer may be, those of vLLM, OpenRouter, Groq and Mistral. */
const WINDOW_FIELDS = ['max_model_len', 'context_length', 'context_window', 'max_context_length'];

/** What came of looking at a server. */
export type Looked =
  | { readonly found: true; readonly models: readonly ServedModel[] }
  | { readonly found: false; readonly why: 'key' | 'server' };

/**
 * The models a server lists, by `GET …/models`; nothing of any session is sent. A server that answers but has no such list counts
 * as found, without models. Never throws.
 */
export async function listModels(server: ModelServer, timeoutMs: number): Promise<Looked> {
  const { baseUrl, key } = server;
  try {
    const response = await fetchAtMost(MAXIMUM_LIST_BYTES, `${baseUrl}/models`, {
      headers: { accept: 'application/json', ...(key === null ? {} : { authorization: `Bearer ${key}` }) },
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    if (response.status === 401 || response.status === 403) return { found: false, why: 'key' };
    if (response.status >= 500) return { found: false, why: 'server' };
    return { found: true, models: response.ok ? readList(text) : [] };
  } catch {
    return { found: false, why: 'server' };
  }
}

/** Embedders are listed beside the models that speak, and cannot. @throws what is no list */
function readList(text: string): readonly ServedModel[] {
  const data = (JSON.parse(text) as { readonly data?: unknown } | null)?.data;
  if (!Array.isArray(data)) throw new ContractError('MODEL_FAILED', 'no list of models');
  return data.filter(isRecord).map(readModel).filter(isServed).slice(0, MOST_MODELS);
}

function readModel(fields: Readonly<Record<string, unknown>>): ServedModel | null {
  const { id } = fields;
  if (typeof id !== 'string' || id.length > MOST_NAME_CHARACTERS || !PLAIN_NAME.test(id) || /embed/i.test(id))
    return null;
  const meta = isRecord(fields.meta) ? fields.meta : {};
  const windows = [...WINDOW_FIELDS.map((field) => fields[field]), meta.n_ctx].map((told) => toldCount(told));
  return {
    name: id,
    contextTokens: windows.find((tokens) => tokens !== null && tokens > 0) ?? null,
    sizeBytes: toldCount(meta.size, Number.MAX_SAFE_INTEGER) || null,
  };
}

function isServed(model: ServedModel | null): model is ServedModel {
  return model !== null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
