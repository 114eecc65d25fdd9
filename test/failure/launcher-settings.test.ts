import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OwnPlace, ownPlace, startCommand } from '../support/started-command.ts';

let place: OwnPlace & { remove(): void };
beforeEach(async () => {
  place = await ownPlace();
});
afterEach(() => place.remove());

/** All that a launcher said until it ended by itself, line by line. */
async function said(
  script: string,
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly lines: readonly string[]; readonly status: number | null }> {
  const launcher = startCommand(process.execPath, [`infra/${script}.ts`], { ...place.environment, ...environment });
  let text = '';
  for (const stream of [launcher.stdout, launcher.stderr]) stream?.on('data', (chunk) => (text += chunk));
  const deadline = setTimeout(() => launcher.kill('SIGKILL'), 60_000);
  const [status] = await once(launcher, 'close');
  clearTimeout(deadline);
  return { status, lines: text.trimEnd().split('\n') };
}

type Refused = [why: string, settings: (place: OwnPlace) => Record<string, string>, lines: readonly RegExp[]];
const REFUSED: Refused[] = [
  [
    'a port that is no number',
    () => ({ SUPERCONTEXT_GATEWAY_PORT: 'abc' }),
    [/^SUPERCONTEXT_GATEWAY_PORT="abc": .*1 to 65535$/],
  ],
  [
    'two stages on one port',
    ({ ports }) => ({ SUPERCONTEXT_CONTEXT_PORT: `${ports.store}` }),
    [/^SUPERCONTEXT_CONTEXT_PORT and SUPERCONTEXT_STORE_PORT are the same port, \d+/],
  ],
  ['an address of no machine here', () => ({ SUPERCONTEXT_HOST: '192.0.2.1' }), [/^SUPERCONTEXT_HOST="192.0.2.1": /]],
  [
    'a data folder that cannot be made',
    () => ({ SUPERCONTEXT_DATA: '/proc/nowhere' }),
    [/^SUPERCONTEXT_DATA="\/proc\/nowhere": /],
  ],
  [
    'several of these at once',
    () => ({
      SUPERCONTEXT_GATEWAY_PORT: '65536',
      SUPERCONTEXT_STORE_PORT: '0',
      SUPERCONTEXT_DATA: join(import.meta.filename, 'data'),
    }),
    [
      /^SUPERCONTEXT_GATEWAY_PORT="65536"/,
      /^SUPERCONTEXT_STORE_PORT="0"/,
      /^SUPERCONTEXT_DATA=.* a file, not a folder$/,
    ],
  ],
];

describe.each([
  ['up', REFUSED],
  // The same code reads them.
  ['demo', REFUSED.slice(-1)],
] as const)('settings that %s cannot use', (script, refused) => {
  it.each(refused)(
    'such as %s are one plain line each and status 1',
    async (_, settings, expected) => {
      const { lines, status } = await said(script, settings(place));
      expect(status).toBe(1);
      expect(lines).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
    },
    30_000,
  );
});

describe('a start that cannot be', () => {
  it('on a port that is in use names the variable of the port', async () => {
    const other = createServer().listen(place.ports.store, '0.0.0.0');
    await once(other, 'listening');
    try {
      const { lines, status } = await said('up', {});
      expect({ lines, status }).toEqual({
        lines: [expect.stringMatching(/^SUPERCONTEXT_STORE_PORT=\d+: something else listens on this port/)],
        status: 1,
      });
    } finally {
      other.close();
    }
  }, 30_000);

  it.each<[string, Record<string, string>, readonly RegExp[]]>([
    [
      'a folder for a model, and a provider',
      { SUPERCONTEXT_MODEL_PATH: '/', SUPERCONTEXT_PROVIDER: 'cuda' },
      [
        /^SUPERCONTEXT_MODEL_PATH="\/": expected a GGUF file, found a folder/,
        /^SUPERCONTEXT_PROVIDER="cuda": it cannot start here: \S/,
      ],
    ],
    [
      'a file that is no model',
      { SUPERCONTEXT_MODEL_PATH: import.meta.filename },
      [/^SUPERCONTEXT_MODEL_PATH=".*": model file refused: it is not a GGUF file/],
    ],
    [
      'what is in a file',
      { SUPERCONTEXT_SUPERGRAPH: import.meta.filename },
      [/^SUPERCONTEXT_SUPERGRAPH=".*launcher-settings.test.ts": \S/],
    ],
    [
      'documents that are none',
      { SUPERCONTEXT_DOCUMENTS: import.meta.filename },
      [/^SUPERCONTEXT_DOCUMENTS=".*launcher-settings.test.ts": \S/],
    ],
    [
      'being reached from elsewhere',
      { SUPERCONTEXT_HOST: '0.0.0.0' },
      [/^SUPERCONTEXT_HOST="0.0.0.0": the gateway has no access control/],
    ],
  ])(
    'as a stage refuses %s says what the stage said, in one line each',
    async (_, settings, expected) => {
      const { lines, status } = await said('up', settings);
      expect({ lines: lines.toSorted(), status }).toEqual({
        lines: expected.map((pattern) => expect.stringMatching(pattern)),
        status: 1,
      });
    },
    30_000,
  );

  const SEVERAL: Readonly<Record<string, string>> = {
    'SUPERCONTEXT_COMPRESSION_THREADS="many"': 'expected',
    'SUPERCONTEXT_LOG_LEVEL="loud"': 'expected one of',
    'SUPERCONTEXT_MODEL="gpt4"': 'expected one of auto, extractive, ',
    'SUPERCONTEXT_PROVIDER="cuda"': 'it cannot start here: ',
    'SUPERCONTEXT_SUPERGRAPH="/nope"': 'there is no such file',
  };
  it.each([
    ['', {}],
    [", the launcher's own among them,", { 'SUPERCONTEXT_GATEWAY_PORT="0"': 'expected' }],
  ])(
    'as several settings of several processes%s cannot be used says all of them, each once',
    async (_, more) => {
      const refused = Object.entries({ ...SEVERAL, ...more }).toSorted(([one], [other]) => (one < other ? -1 : 1));
      const settings = refused.map(([setting]) => setting.replaceAll('"', '').split('='));
      const { lines, status } = await said('up', Object.fromEntries(settings));
      expect({ lines: lines.toSorted(), status }).toEqual({
        lines: refused.map(([setting, why]) => expect.stringContaining(`${setting}: ${why}`)),
        status: 1,
      });
    },
    30_000,
  );

  it('tells of a variable that no process knows, too', async () => {
    const { lines, status } = await said('up', { SUPERCONTEXT_MODLE: 'auto', SUPERCONTEXT_GATEWAY_PORT: 'abc' });
    expect({ lines, status }).toEqual({
      lines: [
        'SUPERCONTEXT_MODLE is no setting of any process and is ignored; the nearest is SUPERCONTEXT_MODEL',
        expect.stringMatching(/^SUPERCONTEXT_GATEWAY_PORT="abc": /),
      ],
      status: 1,
    });
  }, 30_000);

  it('as the folder of a stage is a file ends in one plain line', async () => {
    mkdirSync(place.folder, { recursive: true });
    writeFileSync(join(place.folder, 'store'), '');
    const { lines, status } = await said('up', {});
    expect({ lines, status }).toEqual({ lines: [expect.stringMatching(/^store cannot start: \S/)], status: 1 });
  }, 30_000);
});
