// `npm run where -- SESSION`: on which servers a session lies, and how evenly.

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '@supercontext/runtime/config.ts';
import { readClosed } from '@supercontext/runtime/sqlite/copy.ts';
import { BackupFault } from './backup/manifest.ts';
import { STATES } from './backup/states.ts';
import { backupConfig } from './config.ts';
import { operateStage } from './operate-stage.ts';
import { readRunFile } from './run-file.ts';

const USAGE = 'usage: npm run where -- SESSION';
const SESSION_ID = /^ses_[0-9a-f]{24}$/;

interface Log {
  readonly shard: string;
  readonly entries: number;
  readonly tokens: number;
}

interface Shard {
  readonly name: string;
  readonly fragments: number;
  readonly sizeBytes: number;
}

async function main([session, ...rest]: readonly string[]): Promise<number> {
  if (session === undefined || !SESSION_ID.test(session) || rest.length > 0) {
    console.error(USAGE);
    return 2;
  }
  const { redis, dataFolder } = backupConfig();
  const lines = redis === null ? await inFiles(session, dataFolder) : await inRedis(session);
  for (const line of lines ?? []) console.log(line);
  if (lines === null) console.error('no session has this id');
  return lines === null ? 1 : 0;
}

async function inRedis(session: string): Promise<string[] | null> {
  const log = await operateStage<Log | null>('context', 'where', { session });
  if (log === null) return null;
  const { shards } = await operateStage<{ shards: readonly Shard[] }>('store', 'where', { session });
  const bytes = shards.map(({ sizeBytes }) => sizeBytes);
  const mean = bytes.reduce((sum, some) => sum + some, 0) / Math.max(1, bytes.length);
  const spread =
    mean === 0 ? '' : `, the most of one master is ${(Math.max(...bytes) / mean).toFixed(2)} times the mean`;
  const fragments = shards.reduce((sum, shard) => sum + shard.fragments, 0);
  return [
    `log: ${log.entries} entries, ${log.tokens} tokens, on ${log.shard}`,
    ...shards.map(({ name, fragments: count, sizeBytes }) => `${name}: ${count} fragments, ${sizeBytes} bytes`),
    `together: ${fragments} fragments, ${Math.round(mean * bytes.length)} bytes on ${shards.length} masters${spread}`,
  ];
}

async function inFiles(session: string, dataFolder: string): Promise<string[] | null> {
  const path = join(dataFolder, STATES.fragments);
  const running = readRunFile(dataFolder);
  const found = running === null ? ofStopped(session, dataFolder) : await ofRunning(session, running);
  if (found === null) return null;
  const sizeBytes = statSync(path).size;
  return [
    `one file has all of it: ${path} (${sizeBytes} bytes, with all other sessions): ${found} fragments of this one`,
  ];
}

function ofStopped(session: string, dataFolder: string): number | null {
  const path = join(dataFolder, STATES.log);
  if (!existsSync(path)) return null;
  return readClosed(path, (rows) => {
    const [found] = rows(`SELECT fragments FROM sessions WHERE id = '${session}'`);
    return found === undefined ? null : Number(found.fragments);
  });
}

async function ofRunning(
  session: string,
  { host, ports }: { host: string; ports: { gateway: number } },
): Promise<number | null> {
  const query = 'query ($id: ID!) { session(id: $id) { storage { fragments } } }';
  const response = await fetch(`http://${host.includes(':') ? `[${host}]` : host}:${ports.gateway}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query, variables: { id: session } }),
  });
  const { data } = (await response.json()) as { data?: { session: { storage: { fragments: number } | null } | null } };
  if (data === undefined || data.session === null) return null;
  return data.session.storage?.fragments ?? 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isList = error instanceof BackupFault || error instanceof ConfigError;
  for (const line of isList ? error.faults : [error instanceof Error ? error.message : String(error)])
    console.error(line);
  process.exitCode = 1;
}
