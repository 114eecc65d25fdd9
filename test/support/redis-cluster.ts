import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SLOTS } from '../../supergraph/runtime/redis/key-slot.ts';
import type { RedisSettings } from '../../supergraph/runtime/redis/redis-settings.ts';
import { SlotMap } from '../../supergraph/runtime/redis/slot-map.ts';
import { freePort, RedisNode } from './redis-node.ts';

export { whyNoRedis } from './redis-node.ts';

/** Why tests of Redis over TLS are skipped; null when there is what makes certificates. */
export function whyNoTls(): string | null {
  return spawnSync('openssl', ['version']).status === 0 ? null : 'openssl is not installed';
}

/** What operators are told to set; an election in which two replicas share the votes is held again after four times as long. */
export const NODE_TIMEOUT_MS = 1_500;

export interface RedisOptions {
  readonly masters?: number;
  /** Of each master. */
  readonly replicas?: number;
  /** How long a node may be silent before the others take it for dead. */
  readonly nodeTimeoutMs?: number;
  readonly tls?: boolean;
  /** What a user called `stage`, with the password `of the stage`, may do, as ACL rules. Without it everybody may do everything. */
  readonly acl?: string;
  readonly configuration?: readonly string[];
  /** Of a node by its name: another address than 127.0.0.1, and what it is started through. */
  readonly placeOf?: (name: string) => NodePlace | null;
  /** More environment of a node by its name. */
  readonly environmentOf?: (name: string) => Readonly<Record<string, string>>;
}

export interface NodePlace {
  readonly host: string;
  /** The words before its command, such as `ip netns exec …`. */
  readonly through: readonly string[];
}

export const STAGE_USER = { user: 'stage', password: 'of the stage' } as const;
const ADMIN = { user: 'admin', password: 'of the tests' } as const;
const MEMORY = '256mb';

/** One Redis, or a cluster of them, on loopback, in a temporary folder. */
export interface RunningRedis {
  /** For `connectRedis`. */
  readonly settings: RedisSettings;
  /** For SUPERCONTEXT_REDIS. */
  readonly url: string;
  /** Beside it, the settings that TLS needs. */
  readonly environment: Readonly<Record<string, string>>;
  /** By name: the masters as they were at first `a`, `b`, `c`, and replicas of `a` `a1`, `a2`. */
  node(name: string): RedisNode;
  readonly nodes: readonly RedisNode[];
  /** The node at `host:port`. */
  at(address: string): RedisNode;
  /** Those that copy the node at `host:port` now: what CLUSTER SLOTS says of them comes a second late. */
  replicasOf(address: string): Promise<readonly RedisNode[]>;
  /** Starts what does not run, thaws what is frozen, and waits until all are in step. */
  heal(): Promise<void>;
  /** Until every slot has a master and every replica is in step with it. */
  whole(): Promise<void>;
  /** Drops all keys. */
  flush(): Promise<void>;
  /** Moves a slot with its keys to another master, step by step, as redis-cli does; `between` is done while its keys are on both. */
  moveSlot(slot: number, to: RedisNode, between?: () => Promise<void>): Promise<void>;
  /** One more master, without slots. */
  addMaster(name: string): Promise<RedisNode>;
  /** One more replica of a master, in step with it. */
  addReplica(name: string, of: RedisNode): Promise<RedisNode>;
  stop(): Promise<void>;
}

/** A single Redis without cluster mode. */
export function runningRedis(options: RedisOptions = {}): Promise<RunningRedis> {
  return start({ ...options, masters: 1, replicas: 0 }, false);
}

/** By default of three masters with two replicas each. */
export function runningCluster(options: RedisOptions = {}): Promise<RunningRedis> {
  return start(options, true);
}

async function start(options: RedisOptions, isCluster: boolean): Promise<RunningRedis> {
  for (let tries = 1; ; tries++) {
    const cluster = new TestRedis(options, isCluster);
    try {
      await cluster.start();
      return cluster;
    } catch (error) {
      await cluster.stop();
      // A port may be taken by somebody else meanwhile.
      if (tries === 3) throw error;
    }
  }
}

class TestRedis implements RunningRedis {
  readonly nodes: RedisNode[] = [];
  readonly #options: RedisOptions;
  readonly #isCluster: boolean;
  readonly #folder = mkdtempSync(join(tmpdir(), 'redis-'));
  readonly #watchdog = watchdog(this.#folder);
  /** Of all masters together; which nodes they are changes. */
  #replicas: number | undefined;

  constructor(options: RedisOptions, isCluster: boolean) {
    this.#options = options;
    this.#isCluster = isCluster;
    if (options.tls) makeCertificates(this.#folder);
  }

  get settings(): RedisSettings {
    return this.#settings(this.#options.acl === undefined ? { user: null, password: null } : STAGE_USER);
  }

  get url(): string {
    const { user, password } = this.settings;
    const who = user === null ? '' : `${user}:${encodeURIComponent(password ?? '')}@`;
    const protocol = this.#options.tls ? 'rediss' : 'redis';
    return this.nodes.map(({ address }) => `${protocol}://${who}${address}`).join(',');
  }

  get environment(): Record<string, string> {
    const tls: Record<string, string> = this.#options.tls
      ? {
          SUPERCONTEXT_REDIS_CA_FILE: join(this.#folder, 'ca.crt'),
          SUPERCONTEXT_REDIS_CERTIFICATE_FILE: join(this.#folder, 'node.crt'),
          SUPERCONTEXT_REDIS_CERTIFICATE_KEY_FILE: join(this.#folder, 'node.key'),
        }
      : {};
    return { SUPERCONTEXT_REDIS: this.url, ...tls };
  }

  node(name: string): RedisNode {
    const node = this.nodes.find((one) => one.name === name);
    if (node === undefined) throw new Error(`there is no node ${name}`);
    return node;
  }

  at(address: string): RedisNode {
    const node = this.nodes.find((one) => one.address === address);
    if (node === undefined) throw new Error(`there is no node at ${address}`);
    return node;
  }

  async replicasOf(address: string): Promise<readonly RedisNode[]> {
    const told = await this.at(address).text('INFO', 'replication');
    return [...told.matchAll(/^slave\d+:ip=(.+?),port=(\d+)/gm)].map(([, host, port]) => this.at(`${host}:${port}`));
  }

  async start(): Promise<void> {
    const { masters = 3, replicas = 2 } = this.#options;
    for (let master = 0; master < masters; master++) {
      const name = String.fromCharCode(0x61 + master);
      await this.#add(name);
      for (let replica = 1; replica <= replicas; replica++) await this.#add(`${name}${replica}`);
    }
    this.#replicas = masters * replicas === 0 ? undefined : masters * replicas;
    await Promise.all(this.nodes.map((node) => node.start()));
    if (this.#isCluster) await this.#form(masters);
  }

  async heal(): Promise<void> {
    for (const node of this.nodes) {
      if (node.isRunning) node.thaw();
      else await node.start();
    }
    await this.whole();
  }

  async whole(): Promise<void> {
    if (!this.#isCluster) return;
    await until('the cluster is whole', async () => {
      for (const node of this.nodes) {
        if (!(await node.text('CLUSTER', 'INFO')).includes('cluster_state:ok')) return false;
        const replication = await node.text('INFO', 'replication');
        // A replica that was never in step cannot take over: it would be taken for one that was left behind.
        if (replication.includes('role:slave') && !replication.includes('master_link_status:up')) return false;
        const known = await node.text('CLUSTER', 'NODES');
        if (/,fail|handshake|noaddr/.test(known)) return false;
        if (known.match(/\bslave\b/g)?.length !== this.#replicas) return false;
      }
      return true;
    });
  }

  async flush(): Promise<void> {
    for (const node of this.nodes) {
      if ((await node.text('INFO', 'replication')).includes('role:master')) await node.call('FLUSHALL');
    }
  }

  async addMaster(name: string): Promise<RedisNode> {
    const node = await this.#add(name);
    await node.start();
    const [host, port] = node.address.split(':') as [string, string];
    const bus = await busPort(node);
    await (this.nodes[0] as RedisNode).call('CLUSTER', 'MEET', host, port, bus);
    await until('all know the new node', () => this.#areAcquainted());
    return node;
  }

  async addReplica(name: string, of: RedisNode): Promise<RedisNode> {
    const node = await this.addMaster(name);
    await node.call('CLUSTER', 'REPLICATE', await of.text('CLUSTER', 'MYID'));
    this.#replicas = (this.#replicas ?? 0) + 1;
    await this.whole();
    return node;
  }

  async moveSlot(slot: number, to: RedisNode, between = async () => {}): Promise<void> {
    const from = await this.#masterOf(slot);
    if (from === to) return;
    const [host, port] = to.address.split(':') as [string, string];
    const id = await to.text('CLUSTER', 'MYID');
    await to.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', await from.text('CLUSTER', 'MYID'));
    await from.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', id);
    for (let isHalfway = false; ; ) {
      const keys = (await from.call('CLUSTER', 'GETKEYSINSLOT', slot, 1)) as readonly Buffer[];
      if (keys.length === 0) break;
      await from.call('MIGRATE', host, port, '', 0, 5_000, 'KEYS', ...keys);
      if (!isHalfway) await between();
      isHalfway = true;
    }
    await to.call('CLUSTER', 'SETSLOT', slot, 'NODE', id);
    for (const node of this.nodes) {
      if ((await node.text('INFO', 'replication')).includes('role:master')) {
        await node.call('CLUSTER', 'SETSLOT', slot, 'NODE', id);
      }
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
    // It finds nobody left, and removes the folder.
    this.#watchdog.stdin?.end();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #add(name: string): Promise<RedisNode> {
    const port = await freePort();
    const { placeOf, environmentOf } = this.#options;
    const { host, through } = placeOf?.(name) ?? { host: '127.0.0.1', through: [] };
    const node = new RedisNode(name, {
      folder: this.#folder,
      ...{ host, port, through, environment: environmentOf?.(name) ?? {} },
      configuration: [
        // Nobody but those of this machine can reach any of them.
        ...[`bind ${host}`, ...(host === '127.0.0.1' ? [] : ['protected-mode no'])],
        ...this.#configuration(port, this.#isCluster ? await freePort() : 0),
      ],
      admin: this.#settings(this.#options.acl === undefined ? { user: null, password: null } : ADMIN),
      onStart: (pid) => this.#watchdog.stdin?.write(`${pid}\n`),
    });
    this.nodes.push(node);
    return node;
  }

  #settings(who: Pick<RedisSettings, 'user' | 'password'>): RedisSettings {
    const read = (name: string) => readFileSync(join(this.#folder, name), 'utf8');
    return {
      ...who,
      passwordFile: null,
      servers: this.nodes.map(({ address }) => {
        const [host, port] = address.split(':') as [string, string];
        return { host, port: Number(port) };
      }),
      tls: this.#options.tls ? { ca: read('ca.crt'), certificate: read('node.crt'), key: read('node.key') } : null,
      replicas: null,
    };
  }

  #configuration(port: number, clusterPort: number): string[] {
    const { tls = false, acl, nodeTimeoutMs = 2_000, configuration = [] } = this.#options;
    const certificate = (name: string) => join(this.#folder, name);
    return [
      'save ""',
      'appendonly yes',
      'appendfsync everysec',
      'maxmemory-policy noeviction',
      `maxmemory ${MEMORY}`,
      'repl-backlog-size 1mb',
      'repl-diskless-sync-delay 0',
      'databases 1',
      'enable-debug-command local',
      ...(tls
        ? [
            ...['port 0', `tls-port ${port}`, 'tls-replication yes'],
            ...[`tls-ca-cert-file ${certificate('ca.crt')}`, `tls-cert-file ${certificate('node.crt')}`],
            `tls-key-file ${certificate('node.key')}`,
          ]
        : [`port ${port}`]),
      ...(clusterPort === 0
        ? []
        : [
            ...['cluster-enabled yes', `cluster-port ${clusterPort}`, `cluster-node-timeout ${nodeTimeoutMs}`],
            // A master whose replicas a test takes away is not to be lent those of another.
            ...[
              'cluster-require-full-coverage no',
              'cluster-allow-replica-migration no',
              ...(tls ? ['tls-cluster yes'] : []),
            ],
          ]),
      ...(acl === undefined
        ? []
        : [
            'user default off',
            `user ${ADMIN.user} on "${`>${ADMIN.password}`}" ~* &* +@all`,
            `user ${STAGE_USER.user} on "${`>${STAGE_USER.password}`}" ${acl}`,
            ...[`masteruser ${ADMIN.user}`, `masterauth "${ADMIN.password}"`],
          ]),
      ...configuration,
    ];
  }

  /** Makes one cluster of nodes that know nothing of each other. */
  async #form(masters: number): Promise<void> {
    const [first] = this.nodes as [RedisNode];
    const leaders = this.nodes.filter(({ name }) => name.length === 1);
    for (const [at, leader] of leaders.entries()) {
      await leader.call('CLUSTER', 'SET-CONFIG-EPOCH', at + 1);
      const from = Math.floor((SLOTS * at) / masters);
      await leader.call('CLUSTER', 'ADDSLOTSRANGE', from, Math.floor((SLOTS * (at + 1)) / masters) - 1);
    }
    for (const node of this.nodes.slice(1)) {
      const [host, port] = node.address.split(':') as [string, string];
      await first.call('CLUSTER', 'MEET', host, port, await busPort(node));
    }
    await until('the nodes know each other', () => this.#areAcquainted());
    for (const replica of this.nodes.filter(({ name }) => name.length > 1)) {
      const id = await this.node(replica.name.slice(0, 1)).text('CLUSTER', 'MYID');
      await until(`${replica.name} follows`, async () => {
        const [reply] = await replica.settle([['CLUSTER', 'REPLICATE', id]]);
        return !(reply instanceof Error);
      });
    }
    await this.whole();
  }

  async #masterOf(slot: number): Promise<RedisNode> {
    const running = this.nodes.find((node) => node.isRunning) as RedisNode;
    const map = SlotMap.of(await running.call('CLUSTER', 'SLOTS'), running.address);
    return this.at(map.masterOfSlot(slot) as string);
  }

  async #areAcquainted(): Promise<boolean> {
    for (const node of this.nodes) {
      const known = (await node.text('CLUSTER', 'NODES')).trim().split('\n');
      if (known.length !== this.nodes.length || known.some((line) => line.includes('handshake'))) return false;
    }
    return true;
  }
}

async function busPort(node: RedisNode): Promise<number> {
  const [, value] = (await node.call('CONFIG', 'GET', 'cluster-port')) as readonly Buffer[];
  return Number(String(value));
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const endMs = performance.now() + 30_000; performance.now() < endMs; await sleep(25)) {
    if (await isSo().catch(() => false)) return;
  }
  throw new Error(`waited in vain until ${what}`);
}

/**
 * Ends the processes it is told, those alone that run in the folder, and removes it once its standard input ends: also when the
 * process of the tests is killed.
 */
function watchdog(folder: string) {
  const text = `while read -r pid; do pids="$pids $pid"; done
    for pid in $pids; do case "$(readlink /proc/$pid/cwd)" in "$1"/*) kill -9 "$pid";; esac; done
    rm -rf "$1"`;
  const child = spawn('sh', ['-c', text, 'watchdog', folder], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  child.unref();
  return child;
}

/** A certificate authority, and one certificate for every node and everybody who speaks to them. */
function makeCertificates(folder: string): void {
  const openssl = (...words: readonly string[]) => execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '2', '-subj', '/CN=tests');
  openssl('req', ...newKey, '-keyout', 'node.key', '-out', 'node.csr', '-subj', '/CN=node');
  execFileSync('sh', ['-c', 'echo subjectAltName=IP:127.0.0.1 > names'], { cwd: folder });
  const signed = ['x509', '-req', '-in', 'node.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'];
  openssl(...signed, '-out', 'node.crt', '-days', '2', '-extfile', 'names');
}
