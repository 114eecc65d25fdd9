import { setTimeout as sleep } from 'node:timers/promises';
import { ContractError } from '@supercontext/contract';
import { ConfigError } from '../config.ts';
import { SLOTS } from './key-slot.ts';
import { ConnectionLost, type Reply } from './node-connection.ts';
import type { RedisClient } from './redis-client.ts';
import type { RedisSettings } from './redis-settings.ts';

const LEAST_MAJOR_VERSION = 7;
const INFO_TRIES = 3;
const INFO_PAUSE_MS = 100;

interface Fault {
  /** Whether something is to be set otherwise; else something is not there now. */
  readonly isSetting: boolean;
  readonly text: string;
}

const wrong = (text: string): Fault => ({ isSetting: true, text });
const absent = (text: string): Fault => ({ isSetting: false, text });

/**
 * Whether what was connected to keeps what it is given: its version, its mode, its replicas, no eviction, and its log on disk, of
 * every node. It asks INFO and CLUSTER alone, so that the user of the stages needs no right to CONFIG; a user without INFO is
 * refused, since nothing unchecked is relied on.
 * @throws ConfigError with a line for each node at fault, and what to do; ContractError STORAGE_UNAVAILABLE where nodes are missing
 */
export async function checkTopology(redis: RedisClient, settings: RedisSettings): Promise<void> {
  const masters = redis.shards.map(({ master }) => master);
  const found = await Promise.all(masters.map((master) => shardFaults(redis, master)));
  const faults = [...clusterFaults(redis, settings), ...found.flat()];
  if (faults.length === 0) return;
  const lines = faults.map(({ text }) => `SUPERCONTEXT_REDIS and what it names: ${text}`);
  if (faults.some(({ isSetting }) => isSetting)) throw new ConfigError(lines);
  throw new ContractError('STORAGE_UNAVAILABLE', lines.join('; '));
}

function* clusterFaults({ shards, isSingle }: RedisClient, { servers }: RedisSettings): Generator<Fault> {
  const slots = shards.reduce((sum, shard) => sum + shard.slots, 0);
  if (slots < SLOTS) yield absent(`${SLOTS - slots} of ${SLOTS} slots have no node: see redis-cli --cluster fix`);
  if (!isSingle || servers.length === 1) return;
  yield wrong(
    `${servers.length} servers are named, and Redis at ${shards[0]?.master} has no cluster mode: ` +
      'set cluster-enabled yes on each and make a cluster of them, or name one server',
  );
}

/** A master and the replicas it says it has: CLUSTER SLOTS leaves out those that were given nothing to copy yet. */
async function shardFaults(redis: RedisClient, master: string): Promise<Fault[]> {
  const info = await infoOf(redis, master);
  if ('text' in info) return [info];
  const replicas = [...info.values()].flatMap((value) => {
    const replica = /^ip=(.+),port=(\d+),state=online,/.exec(value);
    return replica === null ? [] : [`${replica[1]}:${replica[2]}`];
  });
  const faults = [...nodeFaults(master, info)];
  const asked = redis.acknowledgingReplicas;
  if (replicas.length < asked) {
    const what = `${replicas.length} replicas in step with it, and ${asked} must acknowledge each write`;
    faults.push(absent(`Redis at ${master} has ${what}: add replicas, or set SUPERCONTEXT_REDIS_REPLICAS lower`));
  }
  const infos = await Promise.all(replicas.map(async (replica) => [replica, await infoOf(redis, replica)] as const));
  const silent = infos.flatMap(([, itsInfo]) => ('text' in itsInfo ? [itsInfo] : []));
  // One that hangs is told from one in step by nothing else for a while; the others acknowledge without it.
  const areEnough = replicas.length - silent.length >= Math.max(1, asked);
  faults.push(...silent.filter(({ isSetting }) => isSetting || !areEnough));
  for (const [replica, itsInfo] of infos) if (!('text' in itsInfo)) faults.push(...nodeFaults(replica, itsInfo));
  return faults;
}

async function infoOf(redis: RedisClient, address: string): Promise<ReadonlyMap<string, string> | Fault> {
  let reply = await askInfo(redis, address);
  // Nodes do not learn at the same moment who copies whom: one may be let go that another still names.
  for (let tries = 1; tries < INFO_TRIES && reply instanceof ConnectionLost; tries++) {
    await sleep(INFO_PAUSE_MS);
    reply = await askInfo(redis, address);
  }
  if (reply instanceof Error) {
    const { message } = reply;
    if (!/^(NOPERM|NOAUTH|WRONGPASS)/.test(message)) return absent(`Redis at ${address}: ${message}`);
    return wrong(
      `Redis at ${address}: its user may not ask INFO, by which a node is checked: allow +info (${message})`,
    );
  }
  const lines = String(reply).split('\r\n');
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

async function askInfo(redis: RedisClient, address: string): Promise<Reply | Error> {
  return (await redis.onNode(address, [['INFO']]))[0] as Reply | Error;
}

function* nodeFaults(address: string, info: ReadonlyMap<string, string>): Generator<Fault> {
  const here = `Redis at ${address}`;
  const version = info.get('redis_version') ?? '0';
  const policy = info.get('maxmemory_policy');
  if (Number.parseInt(version, 10) < LEAST_MAJOR_VERSION) {
    yield wrong(`${here} has version ${version}: at least ${LEAST_MAJOR_VERSION} is needed`);
  }
  if (policy !== 'noeviction') {
    yield wrong(`${here} throws keys away when it is full (${policy}): set maxmemory-policy noeviction`);
  }
  if (info.get('aof_enabled') !== '1') {
    yield wrong(`${here} keeps no log on disk, and forgets all with its process: set appendonly yes`);
  }
}
