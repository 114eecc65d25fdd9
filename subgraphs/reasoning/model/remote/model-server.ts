/** What a server speaks: the chat completions of OpenAI as most servers do, or the own tongue of two that do not. */
export type Dialect = 'openai' | 'anthropic' | 'google';

/** A server that runs models. */
export interface ModelServer {
  /** The beginning of the ids of its models. */
  readonly label: string;
  readonly dialect: Dialect;
  /** Where its paths begin, without a slash at the end. */
  readonly baseUrl: string;
  readonly key: string | null;
}

/** What is shown and logged of a server: neither its path nor its key. */
export function originOf({ baseUrl }: Pick<ModelServer, 'baseUrl'>): string {
  return new URL(baseUrl).origin;
}

/** Servers that are known by name; the others are told by their URL. */
export const HOSTED = {
  anthropic: { dialect: 'anthropic', baseUrl: 'https://api.anthropic.com/v1', contextTokens: 200_000 },
  google: {
    dialect: 'google',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    contextTokens: 1_048_576,
  },
} as const satisfies Record<string, { dialect: Dialect; baseUrl: string; contextTokens: number }>;

export type HostedName = keyof typeof HOSTED;

/** Where the paths of an OpenAI-compatible server begin: what is told, with `/v1` when it has no path. */
export function baseUrlOf(url: string): string {
  const base = withoutLastSlash(url);
  return new URL(base).pathname === '/' ? `${base}/v1` : base;
}

/** What paths are put behind. */
export function withoutLastSlash(url: string): string {
  return new URL(url).href.replace(/\/+$/, '');
}
