import { secretIn } from './find-secrets.ts';
import { formatCount } from './format-quantity.ts';
import type { LeftOut } from './left-out.ts';
import type { Output } from './output.ts';
import { plainText } from './plain-text.ts';
import type { TextFile } from './read-paths.ts';

const SHOWN = 20;
const TELL_EVERY_MS = 500;

/** What a command that reads many files says meanwhile: how far it is, what it leaves out and why, what may be a secret. */
export class Telling {
  readonly #output: Output;
  #toldAtMs = performance.now();
  leftOuts = 0;
  faults = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  /** The first ones, and every one that should not have been. */
  readonly leftOut = ({ path, why, isFault }: LeftOut): void => {
    this.leftOuts += 1;
    if (isFault) this.faults += 1;
    if (isFault || this.leftOuts <= SHOWN) this.#output.note(`left out ${plainText(path)}: ${why}`);
  };

  warnOfSecrets({ path, parts }: TextFile): void {
    const secret = parts.map((part) => secretIn(path, part)).find((found) => found !== null);
    if (secret !== undefined) this.#output.note(`careful, ${plainText(path)} may hold a secret: ${secret}`);
  }

  progress(tokens: number, files: number): void {
    if (performance.now() - this.#toldAtMs < TELL_EVERY_MS) return;
    this.#toldAtMs = performance.now();
    this.#output.note(`${formatCount(tokens)} tokens, ${formatCount(files)} files`);
  }

  /** Names of what was done to some documents, the first ones. */
  names(what: string, paths: readonly string[]): void {
    for (const path of paths.slice(0, SHOWN)) this.#output.note(`${what} ${plainText(path)}`);
    if (paths.length > SHOWN) this.#output.note(`${what} ${formatCount(paths.length)} in all`);
  }

  end(): void {
    if (this.leftOuts > SHOWN) this.#output.note(`left out ${formatCount(this.leftOuts)} in all`);
  }
}
