// A model server that others wrote, for the tests: where the set-up builds it, once for all checkouts of one user. Plain JavaScript
// for whatever Node is on the machine.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const PACKAGE = 'llama-cpp-python';
const VERSION = '0.3.36';

/** What pip is to install: sources, which it compiles. */
export const FOREIGN_SERVER = `${PACKAGE}[server]==${VERSION}`;

/** The folder of its Python environment. */
export function foreignServerFolder(environment = process.env) {
  const cache = environment.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(cache, 'supercontext', 'servers', `${PACKAGE}-${VERSION}`);
}

/** Written when it is whole. */
export function foreignServerStamp(environment) {
  return join(foreignServerFolder(environment), '.installed');
}

/** The Python it runs with, null where it has not been built. */
export function foreignServerPython(environment) {
  return existsSync(foreignServerStamp(environment)) ? join(foreignServerFolder(environment), 'bin', 'python') : null;
}
