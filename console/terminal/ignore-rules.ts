import { readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** Later ones have the last word. */
const RULE_FILES = ['.gitignore', '.supercontextignore'];
/** Of other programs' own, and of nobody's interest. */
const ALWAYS_LEFT_OUT: ReadonlySet<string> = new Set(['node_modules', '.git']);

interface Level {
  /** The folder its patterns are relative to, absolute. */
  readonly base: string;
  readonly file: string;
  readonly rules: Ignore;
}

/** What is left out of a folder: what the `.gitignore` and `.supercontextignore` files in it and around it name. */
export class IgnoreRules {
  readonly #levels: readonly Level[];

  private constructor(levels: readonly Level[]) {
    this.#levels = levels;
  }

  /** The rules of a folder, those of the folders around it up to the root of its git repository included. */
  static async of(folder: string): Promise<IgnoreRules> {
    const around: string[] = [];
    let at = resolve(folder);
    while (!(await isThere(join(at, '.git')))) {
      const above = dirname(at);
      // No repository: the folder's own rules alone.
      if (above === at) return new IgnoreRules([]).within(folder);
      at = above;
      around.unshift(at);
    }
    let rules = new IgnoreRules([]);
    for (const outer of around) rules = await rules.within(outer);
    return rules.within(folder);
  }

  /** These rules, and those of a folder further in. @throws what a file of rules cannot be read for: what it names is not to be read */
  async within(folder: string): Promise<IgnoreRules> {
    const base = resolve(folder);
    const levels: Level[] = [];
    for (const file of RULE_FILES) {
      const text = await readFile(join(base, file), 'utf8').catch(orAbsent);
      if (text !== null) levels.push({ base, file, rules: ignore().add(text) });
    }
    return levels.length === 0 ? this : new IgnoreRules([...this.#levels, ...levels]);
  }

  /** Why an entry is left out, null when it is not. The innermost rule that speaks of it decides. */
  why(path: string, name: string, isFolder: boolean): string | null {
    if (ALWAYS_LEFT_OUT.has(name)) return `every ${name} is`;
    let why: string | null = null;
    for (const { base, file, rules } of this.#levels) {
      const { ignored, unignored } = rules.test(relative(base, resolve(path)) + (isFolder ? '/' : ''));
      if (ignored) why = `named in ${file}`;
      else if (unignored) why = null;
    }
    return why;
  }
}

/** A folder of that name holds no rules. */
function orAbsent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'EISDIR' || error.code === 'ENOTDIR') return null;
  throw error;
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
