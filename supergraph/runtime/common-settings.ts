import { integer, oneOf, optional, type Settings, secret, text, url } from './config.ts';

/** What every process of the platform is told. */
export interface CommonConfig {
  readonly host: string;
  readonly port: number;
  readonly signingKey: string;
  readonly dataFolder: string;
  readonly logLevel: string;
  readonly otlpEndpoint: string | null;
}

/** The port each stage listens on unless told otherwise. */
export const DEFAULT_PORTS = { gateway: 4000, context: 4001, store: 4002, compression: 4003, reasoning: 4004 } as const;

export type StageName = keyof typeof DEFAULT_PORTS;

/** The settings every process shares; `stage` decides the name and default of its port. */
export function commonSettings(stage: StageName): Settings<CommonConfig> {
  return {
    host: {
      variable: 'SUPERCONTEXT_HOST',
      parse: text('an address of this machine'),
      fallback: '127.0.0.1',
      meaning: 'address to listen on',
    },
    port: {
      variable: `SUPERCONTEXT_${stage.toUpperCase()}_PORT`,
      parse: integer({ min: 0, max: 65_535 }),
      fallback: DEFAULT_PORTS[stage],
      meaning: 'port to listen on; 0, any free one, is for a stage started by itself',
    },
    signingKey: {
      variable: 'SUPERCONTEXT_SIGNING_KEY',
      parse: secret(32),
      otherwise: 'made anew by `npm start`; a stage started by itself must be given it',
      meaning: 'secret that all stages share: a stage answers only requests signed with it',
    },
    dataFolder: {
      variable: 'SUPERCONTEXT_DATA',
      parse: text('a folder, made if need be'),
      fallback: './data',
      meaning: 'folder for all state and logs; each stage has a subfolder of its own',
    },
    logLevel: {
      variable: 'SUPERCONTEXT_LOG_LEVEL',
      parse: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
      fallback: 'info',
      meaning: 'pino level',
    },
    otlpEndpoint: {
      variable: 'SUPERCONTEXT_OTLP_ENDPOINT',
      parse: optional(url()),
      fallback: null,
      meaning: 'base URL of an OTLP/HTTP collector for traces',
    },
  };
}

/** The setting for the address of another stage. */
export function stageUrl(stage: StageName): Settings<{ url: string }>['url'] {
  return {
    variable: `SUPERCONTEXT_${stage.toUpperCase()}_URL`,
    parse: url(),
    fallback: `http://127.0.0.1:${DEFAULT_PORTS[stage]}/graphql`,
    meaning: `where the ${stage} stage answers`,
  };
}
