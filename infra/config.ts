import { join } from 'node:path';
import { DEFAULT_PORTS, type StageName } from '@supercontext/runtime/common-settings.ts';
import { integer, readConfig, type Setting, text } from '@supercontext/runtime/config.ts';

export interface LauncherConfig extends Readonly<Record<StageName, number>> {
  readonly dataFolder: string;
}

function port(stage: StageName): Setting<number> {
  return {
    variable: `SUPERCONTEXT_${stage.toUpperCase()}_PORT`,
    parse: integer({ min: 1, max: 65_535 }),
    fallback: DEFAULT_PORTS[stage],
    meaning: `the ${stage} stage's port`,
  };
}

/** What `npm start` and `npm run demo` can be told. */
export function launcherConfig(): LauncherConfig {
  return readConfig<LauncherConfig>(process.env, {
    gateway: port('gateway'),
    context: port('context'),
    store: port('store'),
    compression: port('compression'),
    reasoning: port('reasoning'),
    dataFolder: {
      variable: 'SUPERCONTEXT_DATA',
      parse: text(),
      fallback: join(import.meta.dirname, '..', 'data'),
      meaning: 'folder for all state and logs',
    },
  });
}
