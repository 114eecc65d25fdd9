import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { type SubgraphClient, subgraphClient, type TypedDocument } from '@supercontext/runtime/call/call-subgraph.ts';
import { privateFolder } from '@supercontext/runtime/process/private-files.ts';
import { copyClosed } from '@supercontext/runtime/sqlite/copy.ts';
import { type RunRecord, readRunFile } from '../run-file.ts';
import { type CopiedState, copyCluster, removeOthers } from './copy-cluster.ts';
import { openDraft } from './draft.ts';
import { whileErasuresWait } from './hold-erasures.ts';
import { leaveOutDamaged, NO_DAMAGE_KNOWN } from './leave-out-damaged.ts';
import { BackupFault, writeManifest } from './manifest.ts';
import { STATES } from './states.ts';

/** For the copy of one stage: a terabyte has more than enough time. */
const COPY_DEADLINE_MS = 6 * 60 * 60_000;

/**
 * Callers before callees: what a stage's copy refers to was there before, and is in the copies that come after. Erasures, the
 * only thing that takes away, wait meanwhile.
 */
const ORDER = ['reasoning', 'context', 'compression', 'store'] as const;
type CopiedStage = (typeof ORDER)[number];

const CALLER = { name: 'backup', version: '1' };

/** What is copied: a data folder, or what its platform keeps in Redis. */
export interface Source {
  readonly dataFolder: string;
  readonly isInRedis: boolean;
  /** The operator's; null where the store keeps one in its folder. */
  readonly tenantKey: string | null;
  /** Whether sessions that are damaged are left out, and keep no other from being copied. */
  readonly withoutDamaged: boolean;
}

/** What a person is told of a backup beside what is in it. */
export interface Made {
  /** Of the launcher of the platform that was copied while it ran; null when none did. */
  readonly launcherPid: number | null;
  /** Folders of backups that were killed; the one in the way was removed. */
  readonly leftBehind: readonly string[];
}

/**
 * Copies the state of all stages, in a data folder or in Redis, to `folder`, whether its platform runs or not: consistent over all of them,
 * with nothing lost that was acknowledged before this began. The folder is there whole or not at all.
 * @throws BackupFault when the folder is taken, no folder or within the data folder, when the same backup is being made already, when
 *   erasures may have gone on meanwhile, or when something is damaged that is no session's; errors of the file system and of the stages
 */
export async function makeBackup(source: Source, folder: string): Promise<Made> {
  const { dataFolder, isInRedis, withoutDamaged, tenantKey } = source;
  const target = resolve(folder);
  const there = statSync(target, { throwIfNoEntry: false });
  if (there?.isDirectory() === false) throw new BackupFault([`${folder} is no folder`]);
  if (there !== undefined && readdirSync(target).length > 0) throw new BackupFault([`${folder} is not empty`]);
  if (isWithin(target, dataFolder)) {
    throw new BackupFault([`${folder} is within the data folder, ${dataFolder}: choose a place that outlives it`]);
  }
  const draft = openDraft(target);
  const createdAt = new Date().toISOString();
  try {
    for (const stage of ORDER) privateFolder(join(draft.path, stage));
    const running = readRunFile(dataFolder);
    const { paths, known } = isInRedis
      ? await copyCluster(draft.path, withoutDamaged)
      : await copyFiles(dataFolder, running, draft.path);
    const leftOut = withoutDamaged ? await leaveOutDamaged(draft.path, tenantKey, known) : [];
    removeOthers(draft.path, paths);
    await writeManifest(draft.path, paths, { createdAt, leftOut });
    draft.finish();
    return { launcherPid: running?.pid ?? null, leftBehind: draft.leftBehind };
  } catch (error) {
    draft.remove();
    throw error;
  }
}

function isWithin(target: string, dataFolder: string): boolean {
  const way = relative(realPlace(dataFolder), realPlace(target));
  return !way.startsWith('..') && !isAbsolute(way);
}

/** Where a path leads, links followed as far as there is something. */
function realPlace(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const above = dirname(path);
  return above === path ? path : join(realPlace(above), basename(path));
}

async function copyFiles(dataFolder: string, running: RunRecord | null, draft: string): Promise<CopiedState> {
  const paths = running === null ? await copyStopped(dataFolder, draft) : await copyRunning(running, draft);
  return { paths, known: NO_DAMAGE_KNOWN };
}

async function copyRunning({ host, ports, signingKey }: RunRecord, draft: string): Promise<string[]> {
  const clients = Object.fromEntries(
    ORDER.map((stage) => {
      const address = host.includes(':') ? `[${host}]` : host;
      const url = `http://${address}:${ports[stage]}/graphql`;
      return [stage, subgraphClient({ caller: CALLER, name: stage, url, signingKey })];
    }),
  ) as Record<CopiedStage, SubgraphClient>;
  try {
    return await whileErasuresWait(clients.reasoning, async () => {
      const paths: string[] = [];
      for (const stage of ORDER) {
        const copied = await clients[stage].call(
          copyDocument(stage),
          { folder: join(draft, stage) },
          { deadlineMs: COPY_DEADLINE_MS },
        );
        paths.push(...copied.files.map((name) => `${stage}/${name}`));
      }
      return paths;
    });
  } finally {
    await Promise.all(Object.values(clients).map((client) => client.close()));
  }
}

function copyDocument(stage: CopiedStage) {
  const verb = `backup${stage[0]?.toUpperCase()}${stage.slice(1)}`;
  return `mutation ($folder: String!) { files: ${verb}(folder: $folder) }` as unknown as TypedDocument<
    { readonly files: readonly string[] },
    { readonly folder: string }
  >;
}

async function copyStopped(dataFolder: string, draft: string): Promise<string[]> {
  const paths = Object.values(STATES).filter((path) => existsSync(join(dataFolder, path)));
  if (!paths.includes(STATES.log))
    throw new BackupFault([`${dataFolder} holds no platform's data: there is no ${STATES.log}`]);
  for (const path of paths) {
    privateFolder(dirname(join(draft, path)));
    if (path.endsWith('.sqlite')) await copyClosed(join(dataFolder, path), join(draft, path));
    else await copyFile(join(dataFolder, path), join(draft, path));
  }
  return paths;
}
