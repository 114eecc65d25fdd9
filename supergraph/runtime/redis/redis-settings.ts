import { readFileSync } from 'node:fs';
import {
  ConfigError,
  file,
  integer,
  optional,
  type Parser,
  parser,
  type Settings,
  settingFault,
  text,
} from '../config.ts';

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

/** How Redis is reached, and what it must promise. Holds secrets: never to be logged. */
export interface RedisSettings {
  /** At least one; the others of a cluster are found by these. */
  readonly servers: readonly RedisAddress[];
  readonly user: string | null;
  /** As it was at the start: see `currentPassword`. */
  readonly password: string | null;
  /** Where it stands; null where that is the URL. */
  readonly passwordFile: string | null;
  readonly tls: RedisTls | null;
  /** Replicas that must have a write before it is acknowledged; null for 1 on a cluster and 0 on a single Redis. */
  readonly replicas: number | null;
}

/** PEM texts; null for those of the system, or for none. */
export interface RedisTls {
  readonly ca: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
}

/** What SUPERCONTEXT_REDIS says. */
export interface RedisServers {
  readonly servers: readonly RedisAddress[];
  readonly user: string | null;
  readonly password: string | null;
  readonly isTls: boolean;
}

/** One value a variable; `redisOf` makes one of them all. */
export interface RedisConfig {
  readonly redisServers: RedisServers | null;
  readonly redisReplicas: number | null;
  readonly redisUser: string | null;
  readonly redisPasswordFile: string | null;
  readonly redisCaFile: string | null;
  readonly redisCertificateFile: string | null;
  readonly redisKeyFile: string | null;
}

const DEFAULT_PORT = 6379;
const MAXIMUM_SERVERS = 64;
const MAXIMUM_REPLICAS = 5;
const TAKES = 'host:port or redis[s]://user:password@host:port, several by commas';

/** Of several URLs the first one's user and password hold for all. */
const redisServers: Parser<RedisServers> = parser(TAKES, (value) => {
  const parts = value.split(',').map((part) => part.trim());
  if (parts.length > MAXIMUM_SERVERS) throw new Error(`expected at most ${MAXIMUM_SERVERS} servers`);
  const urls = parts.map((part) => urlOf(/^\w+:\/\//.test(part) ? part : `redis://${part}`));
  const [first] = urls as [URL];
  if (urls.some(({ protocol }) => protocol !== first.protocol)) {
    throw new Error('expected all servers with TLS (rediss) or all without it');
  }
  return {
    servers: urls.map(({ hostname, port }) => ({
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? DEFAULT_PORT : Number(port),
    })),
    user: first.username === '' ? null : decodeURIComponent(first.username),
    password: first.password === '' ? null : decodeURIComponent(first.password),
    isTls: first.protocol === 'rediss:',
  };
});

function urlOf(part: string): URL {
  const url = URL.canParse(part) ? new URL(part) : null;
  const isTaken =
    url !== null &&
    /^rediss?:$/.test(url.protocol) &&
    url.hostname !== '' &&
    /^(\/0?)?$/.test(url.pathname + url.search);
  if (!isTaken) throw new Error(`expected ${TAKES}`);
  return url;
}

/** For the table of a stage that keeps state. */
export function redisSettings(): Settings<RedisConfig> {
  return {
    redisServers: {
      variable: 'SUPERCONTEXT_REDIS',
      parse: optional(redisServers),
      fallback: null,
      otherwise: 'none: state is kept in files of the data folder',
      meaning: 'Redis Cluster, or one Redis, that all stages keep their state in, in place of files',
    },
    redisReplicas: {
      variable: 'SUPERCONTEXT_REDIS_REPLICAS',
      parse: optional(integer({ min: 0, max: MAXIMUM_REPLICAS })),
      fallback: null,
      otherwise: '1 on a cluster, 0 on one Redis',
      meaning: 'replicas of a shard that must have a write before it is acknowledged',
    },
    redisUser: {
      variable: 'SUPERCONTEXT_REDIS_USER',
      parse: optional(text('a name')),
      fallback: null,
      meaning: 'ACL user of Redis, where the URL names none',
    },
    redisPasswordFile: fileSetting(
      'PASSWORD_FILE',
      'file whose first line is the password of Redis, where the URL has none',
    ),
    redisCaFile: fileSetting(
      'CA_FILE',
      "certificates, in PEM, that the one of Redis is checked by, in place of the system's",
    ),
    redisCertificateFile: fileSetting('CERTIFICATE_FILE', 'certificate, in PEM, that this platform shows to Redis'),
    redisKeyFile: fileSetting('CERTIFICATE_KEY_FILE', 'private key of that certificate, in PEM'),
  };
}

function fileSetting(name: string, meaning: string): Settings<{ file: string | null }>['file'] {
  return { variable: `SUPERCONTEXT_REDIS_${name}`, parse: optional(file()), fallback: null, meaning };
}

/**
 * What the settings of Redis say together, null where there is to be none. Reads the files they name.
 * @throws ConfigError for those that contradict each other, and for a file that cannot be read
 */
function redisOf(config: RedisConfig): RedisSettings | null {
  const { redisServers: named, redisReplicas, redisUser, redisPasswordFile } = config;
  if (named === null) return null;
  const { servers, isTls } = named;
  const { redisCaFile, redisCertificateFile, redisKeyFile } = config;
  if ((redisCertificateFile === null) !== (redisKeyFile === null)) {
    throw new ConfigError([
      'SUPERCONTEXT_REDIS_CERTIFICATE_FILE and SUPERCONTEXT_REDIS_CERTIFICATE_KEY_FILE: expected both or neither',
    ]);
  }
  if (!isTls && (redisCaFile ?? redisCertificateFile) !== null) {
    throw new ConfigError(['SUPERCONTEXT_REDIS: certificates are named, but its servers are not (rediss://…)']);
  }
  const passwordFile = named.password === null ? redisPasswordFile : null;
  const password = named.password ?? firstLine(passwordFile);
  const user = named.user ?? redisUser;
  if (user !== null && password === null) {
    throw new ConfigError(['SUPERCONTEXT_REDIS_PASSWORD_FILE is not set: the user of Redis needs a password']);
  }
  const tls = isTls
    ? { ca: contentOf(redisCaFile), certificate: contentOf(redisCertificateFile), key: contentOf(redisKeyFile) }
    : null;
  return { servers, user, password, passwordFile, tls, replicas: redisReplicas };
}

function contentOf(path: string | null): string | null {
  if (path === null) return null;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError([settingFault('SUPERCONTEXT_REDIS', path, error)]);
  }
}

function firstLine(path: string | null): string | null {
  const line = contentOf(path)?.split(/\r?\n/, 1)[0] ?? null;
  return line === '' ? null : line;
}

/** The password as its file has it now, so that it can be changed while the platform runs; the last known where that cannot be read. */
export function currentPassword({ password, passwordFile }: RedisSettings): string | null {
  try {
    return firstLine(passwordFile) ?? password;
  } catch {
    return password;
  }
}

/** A configuration with what it says of Redis as one value. */
export type WithRedis<T extends RedisConfig> = Omit<T, keyof RedisConfig> & { readonly redis: RedisSettings | null };

/** @throws ConfigError */
export function withRedis<T extends RedisConfig>(config: T): Readonly<WithRedis<T>> {
  const others: Partial<T> = { ...config };
  for (const key of Object.keys(redisSettings()) as (keyof RedisConfig)[]) delete others[key];
  return Object.freeze({ ...(others as Omit<T, keyof RedisConfig>), redis: redisOf(config) });
}
