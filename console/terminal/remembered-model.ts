import { lstatSync, mkdirSync, readFileSync, readlinkSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UsageFault } from './usage-fault.ts';

/** The model to ask for at each platform, by its address. */
type Choices = Readonly<Record<string, string>>;

/** The model that was chosen for a platform, null when none was. @throws UsageFault when the file is none of ours */
export function rememberedModel(path: string, platform: string): string | null {
  return readChoices(path)[originOf(platform)] ?? null;
}

/** Keeps the choice for this platform, for the next questions of this user; null forgets it. Throws as `rememberedModel`, and where it cannot be kept. */
export function rememberModel(path: string, platform: string, model: string | null): void {
  const { [originOf(platform)]: _, ...others } = readChoices(path);
  const choices = model === null ? others : { ...others, [originOf(platform)]: model };
  try {
    const file = behindLinks(path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // Whole or not at all, whoever reads it meanwhile.
    const written = `${file}.${process.pid}`;
    writeFileSync(written, `${JSON.stringify(choices, null, 2)}\n`, { mode: 0o600 });
    renameSync(written, file);
  } catch (error) {
    throw new UsageFault(`the choice cannot be kept in ${path}: ${String(error)}`);
  }
}

/** Where the file is, or would be, that a link is to. Links in a ring were found when it was read. */
function behindLinks(path: string): string {
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return isLink ? behindLinks(resolve(dirname(path), readlinkSync(path))) : path;
}

function originOf(platform: string): string {
  return new URL(platform).origin;
}

function readChoices(path: string): Choices {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw new UsageFault(`the chosen models cannot be read from ${path}: ${String(error)}`);
  }
  try {
    const choices: unknown = JSON.parse(text);
    if (isChoices(choices)) return choices;
  } catch {
    // Told below.
  }
  throw new UsageFault(`${path} does not hold the chosen models; remove it, and choose again`);
}

function isChoices(value: unknown): value is Choices {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((model) => typeof model === 'string' && model !== '');
}
