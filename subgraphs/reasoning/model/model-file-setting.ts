import { accessSync, constants, statSync } from 'node:fs';
import { type Parser, parser } from '@supercontext/runtime/config.ts';
import { inspectModel } from '../gguf/inspect-model.ts';
import { checkMemory } from './check-memory.ts';

/** The path of a GGUF file that can be read now; what is in it is looked at afterwards, see `modelFileFault`. */
export function modelFile(): Parser<string> {
  return parser('a GGUF file that can be read', (path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) throw new Error('there is no such file');
    if (found.isDirectory()) throw new Error('expected a GGUF file, found a folder; name the file in it');
    if (!found.isFile()) throw new Error('expected a GGUF file, found a pipe, a socket or a device');
    try {
      accessSync(path, constants.R_OK);
    } catch {
      throw new Error('this user may not read this file');
    }
    return path;
  });
}

/** What of a model file cannot be run on this machine, told before anything is loaded; null for nothing. */
export function modelFileFault(path: string): string | null {
  try {
    checkMemory(inspectModel(path).neededBytes, null);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
