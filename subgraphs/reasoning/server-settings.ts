import { readFileSync } from 'node:fs';
import {
  file,
  integer,
  optional,
  type Parser,
  parser,
  type Settings,
  settingFault,
  urlThat,
} from '@supercontext/runtime/config.ts';
import { EXTRACTIVE } from './model/extractive.ts';
import { HOSTED } from './model/remote/model-server.ts';
import { type LookedForServer, type ServerOptions, TOLD_LABEL } from './model/remote/open-servers.ts';

/** The settings of models that run behind a server. */
export interface ServerSettings {
  readonly modelUrl: string | null;
  readonly modelName: string | null;
  readonly modelKey: string | null;
  /** What the file holds. */
  readonly modelKeyFile: string | null;
  readonly modelWindowTokens: number | null;
  readonly modelServers: readonly LookedForServer[];
  readonly modelBeginMs: number;
  readonly modelStallMs: number;
  readonly modelTotalMs: number;
}

const NAME = /^[\x21-\x7e]{1,200}$/;
const KEY = /^[\x21-\x7e]{1,4096}$/;
const SERVER = /^([a-z][a-z0-9-]{0,31}):(\d{1,5})$/;
const MOST_SERVERS = 16;
/** Words that mean something else where a server's may stand. */
const RESERVED = new Set(['', 'auto', EXTRACTIVE.id, TOLD_LABEL, ...Object.keys(HOSTED)]);

/** Where they listen unless told otherwise. */
const USUAL_SERVERS: readonly LookedForServer[] = [
  { label: 'ollama', port: 11_434 },
  { label: 'lm-studio', port: 1_234 },
  { label: 'vllm', port: 8_000 },
  { label: 'llama-cpp', port: 8_080 },
];

/** Longer no answer is waited for: what carries it gives up after 300 s of silence. */
const MOST_SILENCE_MS = 290_000;

export const SERVER_SETTINGS: Settings<ServerSettings> = {
  modelUrl: {
    variable: 'SUPERCONTEXT_MODEL_URL',
    parse: optional(serverUrl()),
    fallback: null,
    meaning:
      'an OpenAI-compatible server, such as http://127.0.0.1:11434 for Ollama; without a path it gets /v1; of anthropic and google the place to ask instead of their own',
  },
  modelName: {
    variable: 'SUPERCONTEXT_MODEL_NAME',
    parse: optional(matching('the name of a model, without blanks', NAME)),
    fallback: null,
    meaning: 'what that server calls the model; the first it lists when left out',
  },
  modelKey: {
    variable: 'SUPERCONTEXT_MODEL_KEY',
    parse: optional(matching('characters of ASCII, without blanks', KEY)),
    fallback: null,
    meaning: 'key of that server; only the reasoning stage is told',
  },
  modelKeyFile: {
    variable: 'SUPERCONTEXT_MODEL_KEY_FILE',
    parse: optional(keyFile()),
    fallback: null,
    meaning: 'a file with the key instead, as secrets are mounted',
  },
  modelWindowTokens: {
    variable: 'SUPERCONTEXT_MODEL_WINDOW',
    parse: optional(integer({ min: 1_024, max: 16_777_216 })),
    fallback: null,
    otherwise: 'what the server says, else 4 096',
    meaning: 'tokens that prompt and answer may have together with that server',
  },
  modelServers: {
    variable: 'SUPERCONTEXT_MODEL_SERVERS',
    parse: lookedForServers(),
    fallback: USUAL_SERVERS,
    otherwise: USUAL_SERVERS.map(({ label, port }) => `\`${label}:${port}\``).join(', '),
    meaning:
      'servers to look for on 127.0.0.1, by a GET of /v1/models; nothing else is sent to one before a model of its is chosen',
  },
  modelBeginMs: {
    variable: 'SUPERCONTEXT_MODEL_BEGIN_MS',
    parse: integer({ min: 100, max: MOST_SILENCE_MS }),
    fallback: 120_000,
    meaning: 'how long a server may take to the first word of an answer, further tries included, in milliseconds',
  },
  modelStallMs: {
    variable: 'SUPERCONTEXT_MODEL_STALL_MS',
    parse: integer({ min: 100, max: MOST_SILENCE_MS }),
    fallback: 60_000,
    meaning: 'how long it may be silent between two words, in milliseconds',
  },
  modelTotalMs: {
    variable: 'SUPERCONTEXT_MODEL_TOTAL_MS',
    parse: integer({ min: 100, max: 3_600_000 }),
    fallback: 600_000,
    meaning: 'how long a whole answer of it may take, in milliseconds',
  },
};

/**
 * What is wrong with settings that are good each by itself, null when nothing is.
 * @param choice what SUPERCONTEXT_MODEL says
 */
export function serverFault(choice: string, settings: ServerSettings): string | null {
  const { modelUrl, modelName, modelKey, modelKeyFile, modelServers } = settings;
  const {
    modelKey: KEY_SETTING,
    modelKeyFile: FILE_SETTING,
    modelUrl: URL_SETTING,
    modelName: NAME_SETTING,
  } = SERVER_SETTINGS;
  if (modelKey !== null && modelKeyFile !== null) {
    return `${KEY_SETTING.variable} and ${FILE_SETTING.variable} are both set: one of them is the key`;
  }
  if (modelUrl === null && modelName !== null) {
    return settingFault(NAME_SETTING.variable, modelName, `no ${URL_SETTING.variable} says whose model it is`);
  }
  const [label = ''] = choice.split(':', 1);
  if (modelUrl === null && label === TOLD_LABEL) {
    return settingFault('SUPERCONTEXT_MODEL', choice, `no ${URL_SETTING.variable} says where the server is`);
  }
  const known = [TOLD_LABEL, ...Object.keys(HOSTED), ...modelServers.map((server) => server.label)];
  if (!choice.includes(':') || known.includes(label)) return null;
  return settingFault('SUPERCONTEXT_MODEL', choice, `expected one of ${known.join(', ')} before the colon`);
}

/** What the stage is told of servers that run models. */
export function serverOptionsOf(config: ServerSettings): ServerOptions {
  return {
    url: config.modelUrl,
    name: config.modelName,
    key: config.modelKey ?? config.modelKeyFile,
    contextTokens: config.modelWindowTokens,
    lookedFor: config.modelServers,
    limits: { beginMs: config.modelBeginMs, stallMs: config.modelStallMs, totalMs: config.modelTotalMs },
  };
}

function matching(takes: string, pattern: RegExp): Parser<string> {
  return parser(takes, (value) => {
    if (!pattern.test(value)) throw new Error(`expected ${takes}`);
    return value;
  });
}

/** Its credentials are told apart from it, so that they are hidden wherever it is shown. */
function serverUrl(): Parser<string> {
  return urlThat(
    'an http or https URL without credentials, query and fragment',
    ({ protocol, username, password, href }) =>
      /^https?:$/.test(protocol) && `${username}${password}` === '' && !/[?#]/.test(href),
    '; a key is told by SUPERCONTEXT_MODEL_KEY',
  );
}

function keyFile(): Parser<string> {
  const path = file();
  return parser(path.takes, (value) => {
    const key = readFileSync(path(value), 'utf8').trim();
    if (!KEY.test(key)) throw new Error('the file holds no key: one line of ASCII without blanks');
    return key;
  });
}

function lookedForServers(): Parser<readonly LookedForServer[]> {
  const takes = `none, or up to ${MOST_SERVERS} NAME:PORT, comma-separated`;
  return parser(takes, (value) => {
    if (value === 'none') return [];
    const servers = value.split(',').map((one) => {
      const [, label = '', port = ''] = SERVER.exec(one.trim()) ?? [];
      return { label, port: Number(port) };
    });
    const labels = new Set(servers.map(({ label }) => label));
    const isGood = servers.every(({ label, port }) => !RESERVED.has(label) && port >= 1 && port <= 65_535);
    if (!isGood || labels.size < servers.length || servers.length > MOST_SERVERS) throw new Error(`expected ${takes}`);
    return servers;
  });
}
