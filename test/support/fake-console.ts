import { readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { type FakeGraph, type FakeGraphOptions, fakeGraph } from '../../codegen/client/fixtures/fake-graph.ts';

const BUILT = join(import.meta.dirname, '../../console/web/dist');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** The console as it is built, over a graph whose answers are made up: for what no platform has in a minute, or ever says. */
export function fakeConsole(options: FakeGraphOptions = {}): Promise<FakeGraph> {
  return fakeGraph({ ...options, get: fileOfConsole });
}

function fileOfConsole(path: string): { type: string; body: Uint8Array } | undefined {
  if (path === '/ready') return { type: 'application/json', body: Buffer.from('{"status":"ready"}') };
  const file = join(BUILT, path === '/' ? 'index.html' : path);
  if (!file.startsWith(BUILT) || !statSync(file, { throwIfNoEntry: false })?.isFile()) return undefined;
  return { type: TYPES[extname(file)] ?? 'application/octet-stream', body: readFileSync(file) };
}
