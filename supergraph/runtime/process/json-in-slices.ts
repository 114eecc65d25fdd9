import { stepsInSlices } from './in-slices.ts';

/** UTF-16 units written at once: half a million line ends, each of which has to be escaped, take some 5 ms. */
const CHUNK = 256 * 1024;

/** UTF-16 units of text, or values, from which on it is written in slices. */
const LARGE_TEXT = 512 * 1024;
const MANY_VALUES = 20_000;

/**
 * `JSON.stringify` of a value that came as JSON, with rests in between where it is large: a long text with many escapes takes a
 * tenth of a second and more at once.
 */
export async function jsonInSlices(value: unknown): Promise<string> {
  return isLarge(value) ? stepsInSlices(write(value)) : JSON.stringify(value);
}

/** Looks at no more than it has to. */
function isLarge(root: unknown): boolean {
  const open: unknown[] = [root];
  let characters = 0;
  for (let values = 0; open.length > 0; values++) {
    const value = open.pop();
    if (typeof value === 'string') characters += value.length;
    else if (Array.isArray(value)) {
      if (value.length > MANY_VALUES) return true;
      open.push(...value);
    } else if (typeof value === 'object' && value !== null) open.push(...Object.values(value));
    if (characters > LARGE_TEXT || values > MANY_VALUES) return true;
  }
  return false;
}

function* write(value: unknown): Generator<void, string> {
  const written: string[] = [];
  for (const chunk of chunks(value)) {
    written.push(chunk);
    yield;
  }
  return written.join('');
}

function* chunks(value: unknown): Generator<string> {
  if (typeof value === 'string' && value.length > CHUNK) yield* textChunks(value);
  else if (Array.isArray(value)) {
    yield '[';
    for (const [at, item] of value.entries()) {
      if (at > 0) yield ',';
      yield* chunks(item);
    }
    yield ']';
  } else if (typeof value === 'object' && value !== null) {
    let before = '{';
    for (const [name, item] of Object.entries(value)) {
      if (item === undefined) continue;
      yield `${before}${JSON.stringify(name)}:`;
      yield* chunks(item);
      before = ',';
    }
    yield before === '{' ? '{}' : '}';
  } else yield JSON.stringify(value ?? null);
}

function* textChunks(text: string): Generator<string> {
  yield '"';
  for (let from = 0; from < text.length; ) {
    let to = from + CHUNK;
    // A pair of surrogates that is cut would be written as two characters that are none.
    if ((text.charCodeAt(to - 1) & 0xfc00) === 0xd800) to--;
    yield JSON.stringify(text.slice(from, to)).slice(1, -1);
    from = to;
  }
  yield '"';
}
