import { homedir } from 'node:os';
import { join } from 'node:path';
import { UsageFault } from './usage-fault.ts';

/** Where `npm start` and `npm run demo` have the gateway unless told otherwise. */
export const DEFAULT_URL = 'http://127.0.0.1:4000';

/** Its one setting, in the words of the table in SETTINGS.md. */
export const URL_SETTING = {
  variable: 'SUPERCONTEXT_URL',
  parse: { takes: 'an http or https URL' },
  fallback: DEFAULT_URL,
  meaning: 'where the platform is; `--url` goes before it',
};

/**
 * Where the platform is: what `--url` says, else SUPERCONTEXT_URL (an empty one counts as none), else DEFAULT_URL.
 * @throws UsageFault for what is no http(s) URL; it says which of the two it came from.
 */
export function platformUrl(option: string | undefined, environment: NodeJS.ProcessEnv = process.env): string {
  const fromEnvironment = environment[URL_SETTING.variable] || undefined;
  const url = option ?? fromEnvironment ?? DEFAULT_URL;
  if (/^https?:\/\/[^/]/.test(url) && URL.canParse(url)) return url;
  const name = option === undefined ? URL_SETTING.variable : '--url';
  throw new UsageFault(`${name} takes an address like ${DEFAULT_URL}, not ${JSON.stringify(url)}`);
}

/** Where this user's choice of models is kept, as the XDG base directories have it. */
export function choicesPath(environment: NodeJS.ProcessEnv = process.env): string {
  const home = environment.XDG_CONFIG_HOME || join(environment.HOME || homedir(), '.config');
  return join(home, 'supercontext', 'models.json');
}
