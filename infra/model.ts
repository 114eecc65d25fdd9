// `npm run model -- list | activate ID | rollback`: which model answers the questions that name none, changed while the platform runs.

import { setTimeout as sleep } from 'node:timers/promises';
import { ContractError } from '@supercontext/contract';
import { type SubgraphClient, subgraphClient, type TypedDocument } from '@supercontext/runtime/call/call-subgraph.ts';
import { backupConfig } from './config.ts';
import { readRunFile } from './run-file.ts';

const USAGE = 'usage: npm run model -- list | activate ID | rollback';
const CALLER = { name: 'model', version: '1' };
/** A question of the stage waits no longer for a model than half of this. */
const DEADLINE_MS = 60_000;
/** Building the graph of a model of gigabytes takes minutes, once. */
const LOADING_MS = 30 * 60_000;

interface Listed {
  readonly id: string;
  readonly needs: string | null;
  readonly active: boolean;
}

const LIST = '{ models { id needs active } }' as unknown as TypedDocument<
  { readonly models: readonly Listed[] },
  Record<string, never>
>;
const ACTIVATE = 'mutation ($id: ID!) { id: activateModel(id: $id) }' as unknown as TypedDocument<
  { readonly id: string },
  { readonly id: string }
>;
const ROLLBACK = 'mutation { id: rollbackModel }' as unknown as TypedDocument<
  { readonly id: string },
  Record<string, never>
>;

async function main([verb, id, ...rest]: readonly string[]): Promise<number> {
  const isKnown = verb === 'activate' ? id !== undefined : (verb === 'list' || verb === 'rollback') && id === undefined;
  if (!isKnown || rest.length > 0) {
    console.error(USAGE);
    return 2;
  }
  const { dataFolder } = backupConfig();
  const running = readRunFile(dataFolder);
  if (running === null) {
    console.error(`no platform runs on ${dataFolder}: the model of a start is that of SUPERCONTEXT_MODEL`);
    return 1;
  }
  const { host, ports, signingKey } = running;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${ports.reasoning}/graphql`;
  const client = subgraphClient({ caller: CALLER, name: 'reasoning', url, signingKey });
  try {
    if (verb === 'list') {
      const { models } = await client.call(LIST, {}, { deadlineMs: DEADLINE_MS });
      for (const model of models) {
        const need = model.needs === null ? '' : `, needs its ${model.needs.toLowerCase()}`;
        console.log(`${model.active ? '*' : ' '} ${model.id}${need}`);
      }
      return 0;
    }
    console.log(
      `${await change(client, verb === 'activate' ? (id ?? '') : null)} answers questions that name no model`,
    );
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  } finally {
    await client.close();
  }
}

/** Asks until the model is loaded. @param id null for the one before */
async function change(client: SubgraphClient, id: string | null): Promise<string> {
  const endMs = performance.now() + LOADING_MS;
  for (;;) {
    try {
      const deadline = { deadlineMs: DEADLINE_MS };
      const changed =
        id === null ? await client.call(ROLLBACK, {}, deadline) : await client.call(ACTIVATE, { id }, deadline);
      return changed.id;
    } catch (error) {
      const isLoading = error instanceof ContractError && error.code === 'MODEL_OVERLOADED';
      if (!isLoading || performance.now() > endMs) throw error;
      await sleep(1_000);
    }
  }
}

process.exitCode = await main(process.argv.slice(2));
