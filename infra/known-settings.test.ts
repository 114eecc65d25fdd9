import { SETTINGS as COMPRESSION } from '@supercontext/compression/config.ts';
import { URL_SETTING } from '@supercontext/console-terminal/config.ts';
import { SETTINGS as CONTEXT } from '@supercontext/context/config.ts';
import { SETTINGS as GATEWAY } from '@supercontext/gateway/config.ts';
import { SETTINGS as REASONING } from '@supercontext/reasoning/config.ts';
import type { Setting } from '@supercontext/runtime/config.ts';
import { SETTINGS as STORE } from '@supercontext/store/config.ts';
import { expect, it } from 'vitest';
import { KNOWN_SETTINGS, unknownSettings } from './known-settings.ts';

it('the known settings are those of all processes and of the command', () => {
  const tables: readonly object[] = [COMPRESSION, CONTEXT, GATEWAY, REASONING, STORE, { URL_SETTING }];
  const read = tables.flatMap((table) => Object.values(table) as Setting<unknown>[]).map(({ variable }) => variable);
  const own = new Set(read.filter((variable) => variable.startsWith('SUPERCONTEXT_')));
  expect([...KNOWN_SETTINGS]).toEqual([...own].sort());
});

it('the variable of the command is none of a mistake', () => {
  expect(unknownSettings({ SUPERCONTEXT_URL: 'http://127.0.0.1:4000' })).toEqual([]);
});

it.each([
  ['SUPERCONTEXT_MODLE', 'SUPERCONTEXT_MODEL'],
  ['SUPERCONTEXT_PORT', 'SUPERCONTEXT_HOST'],
  ['SUPERCONTEXT_MAXDEPTH', 'SUPERCONTEXT_MAX_DEPTH'],
  ['SUPERCONTEXT_DATA_FOLDER', 'SUPERCONTEXT_DATA'],
  ['SUPERCONTEXT_', 'SUPERCONTEXT_URL'],
])('%s is told with the nearest one, %s', (variable, nearest) => {
  expect(unknownSettings({ [variable]: 'x', SUPERCONTEXT_DATA: '/d', PATH: '/bin' })).toEqual([
    `${variable} is no setting of any process and is ignored; the nearest is ${nearest}`,
  ]);
});
