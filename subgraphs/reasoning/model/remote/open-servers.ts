import { ContractError } from '@supercontext/contract';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import { baseUrlOf, HOSTED, type HostedName, type ModelServer, withoutLastSlash } from './model-server.ts';
import type { PatienceLimits } from './patience.ts';
import { ServerShelf } from './server-shelf.ts';

/** The label of the server that the operator names by its URL. */
export const TOLD_LABEL = 'remote';

/** A local server that is looked for. */
export interface LookedForServer {
  readonly label: string;
  readonly port: number;
}

/** What the operator says of servers. */
export interface ServerOptions {
  /** Of an OpenAI-compatible server, or in place of the one of a hosted model. */
  readonly url: string | null;
  /** The model of it; the first it lists when null. */
  readonly name: string | null;
  readonly key: string | null;
  readonly contextTokens: number | null;
  /** On this machine, where they are looked for; they are told nothing before somebody chooses a model of theirs. */
  readonly lookedFor: readonly LookedForServer[];
  readonly limits: PatienceLimits;
}

export const NO_SERVERS: ServerOptions = {
  url: null,
  name: null,
  key: null,
  contextTokens: null,
  lookedFor: [],
  limits: { beginMs: 120_000, stallMs: 60_000, totalMs: 600_000 },
};

export interface OpenedServers {
  readonly shelves: readonly ServerShelf[];
  /** The one with the default model, null when that is none of a server. */
  readonly standard: ServerShelf | null;
}

const TOLD_LOOK_MS = 2_000;
/** A server of this machine answers at once, or is none. */
const FOUND_LOOK_MS = 1_000;

/** Nothing of any session is sent by this; but the list of its models is asked of each server that is told or looked for. */
export function openServers(choice: string, options: ServerOptions, log: Logger): OpenedServers {
  const { limits } = options;
  const told = toldServer(choice, options);
  const standardLabel = labelOfStandard(choice, options);
  const found = options.lookedFor
    .map((lookedFor): ModelServer => ({ ...LOCAL, label: lookedFor.label, baseUrl: baseUrlAt(lookedFor) }))
    .filter(({ baseUrl }) => !isSamePlace(baseUrl, told?.server.baseUrl))
    .map((server) => ({ server, name: null, lookMs: FOUND_LOOK_MS }));
  const shelves = [...(told === null ? [] : [told]), ...found].map(({ server, name, lookMs }) => {
    const { label } = server;
    const isStandard = label === standardLabel;
    return new ServerShelf({
      // A key is for the server it was told with; without a URL that is the one that was chosen.
      server: isStandard && options.url === null ? { ...server, key: options.key } : server,
      name: nameFrom(choice, label) ?? name,
      contextTokens: isStandard || server === told?.server ? options.contextTokens : null,
      isStandard,
      limits,
      lookMs,
    });
  });
  tellFound(shelves, log).catch((err: unknown) => log.warn({ err }, 'what servers have cannot be told'));
  const standard = shelves.find((shelf) => shelf.isStandard);
  if (standard === undefined && standardLabel !== null) {
    throw new ContractError('MODEL_UNKNOWN', `${choice} is of a server that is not looked for`);
  }
  return { shelves, standard: standard ?? null };
}

const LOCAL = { dialect: 'openai', key: null } as const;

interface ToldServer {
  readonly server: ModelServer;
  readonly name: string | null;
  readonly lookMs: number | null;
}

/** The server that the choice or the URL names, null when neither does. */
function toldServer(choice: string, { url, name, key, lookedFor }: ServerOptions): ToldServer | null {
  const label = labelOf(choice);
  if (isHosted(label)) {
    const { dialect, baseUrl } = HOSTED[label];
    return {
      server: { label, dialect, baseUrl: url === null ? baseUrl : withoutLastSlash(url), key },
      name: null,
      lookMs: null,
    };
  }
  if (url !== null) {
    const baseUrl = baseUrlOf(url);
    // One place has one name, and the choice may be by the other of the two it could have.
    const isChosen = lookedFor.some((one) => one.label === label && isSamePlace(baseUrlAt(one), baseUrl));
    const server: ModelServer = { label: isChosen ? label : TOLD_LABEL, dialect: 'openai', baseUrl, key };
    return { server, name, lookMs: TOLD_LOOK_MS };
  }
  if (label !== TOLD_LABEL) return null;
  throw new ContractError('MODEL_INVALID', `${choice} is of a server, but no SUPERCONTEXT_MODEL_URL says where it is`);
}

/** Null when the default model is none of a server. */
function labelOfStandard(choice: string, { url }: ServerOptions): string | null {
  if (choice === 'auto') return url === null ? null : TOLD_LABEL;
  return choice.includes(':') ? labelOf(choice) : null;
}

function labelOf(choice: string): string {
  return choice.split(':', 1)[0] ?? '';
}

function isHosted(label: string): label is HostedName {
  return Object.hasOwn(HOSTED, label);
}

function nameFrom(choice: string, label: string): string | null {
  return choice.startsWith(`${label}:`) ? choice.slice(label.length + 1) : null;
}

function baseUrlAt({ port }: LookedForServer): string {
  return `http://127.0.0.1:${port}/v1`;
}

/** Names and addresses of this machine for itself, as `URL` writes them. */
const THIS_MACHINE = /^(localhost\.?|127(\.\d+){3}|0\.0\.0\.0|\[::1?\])$/;

/** @param one a URL of this machine */
function isSamePlace(one: string, other: string | undefined): boolean {
  if (other === undefined) return false;
  const [here, there] = [new URL(one), new URL(other)];
  return portOf(here) === portOf(there) && THIS_MACHINE.test(there.hostname);
}

function portOf({ port, protocol }: URL): string {
  return port || (protocol === 'https:' ? '443' : '80');
}

async function tellFound(shelves: readonly ServerShelf[], log: Logger): Promise<void> {
  for (const shelf of shelves) {
    const models = (await shelf.list()).filter(({ need }) => need === null).map(({ id }) => id);
    if (models.length === 0) continue;
    const what = shelf.isStandard
      ? 'a server has these models'
      : 'a server has these models; nothing is sent to it unless one is chosen';
    log.info({ models }, what);
  }
}
