import { once } from 'node:events';
import { relative } from 'node:path';
import type { Platform } from './platform.ts';

/** Where a person finds the platform, and what answers there. */
export async function printUrls(platform: Platform): Promise<void> {
  const response = await fetch(`${platform.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ models { id engine provider } }' }),
  });
  const { data } = (await response.json()) as {
    data?: { models: readonly { id: string; engine: string; provider: string }[] };
  };
  const [model] = data?.models ?? [];
  console.log(`
  console     ${platform.url}/
  GraphQL     ${platform.url}/graphql   (a browser gets Apollo Sandbox; needs the Internet)
  GraphiQL    ${platform.url}/graphiql  (bundled, works offline)
  WebSocket   ${platform.url.replace('http', 'ws')}/graphql
  model       ${model === undefined ? 'none' : `${model.id} (${model.engine}, ${model.provider})`}
  logs        ${relative(process.cwd(), platform.logFolder)}/

  Ctrl-C ends everything.`);
}

/**
 * Aborts at the first SIGINT, SIGTERM or SIGHUP. To be called before anything is started: a signal that nobody waits for
 * ends a process at once, with its children behind it.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}

export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
