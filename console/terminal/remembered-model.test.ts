import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rememberedModel, rememberModel } from './remembered-model.ts';
import { UsageFault } from './usage-fault.ts';

const PLATFORM = 'http://127.0.0.1:4000';

describe('the model that was chosen', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'choices-'));
    path = join(folder, 'supercontext', 'models.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is kept for each platform, until it is forgotten', () => {
    rememberModel(path, `${PLATFORM}/graphql`, 'one');
    rememberModel(path, 'http://elsewhere', 'two');
    expect(rememberedModel(path, PLATFORM)).toBe('one');
    rememberModel(path, PLATFORM, null);
    expect(rememberedModel(path, PLATFORM)).toBeNull();
    expect(rememberedModel(path, 'http://elsewhere')).toBe('two');
  });

  it.each([
    ['is there', true],
    ['is not there yet', false],
  ])('is kept in the file that a link is to, which %s', (_, isThere) => {
    mkdirSync(join(folder, 'supercontext'));
    const file = join(folder, 'mine', 'choices.json');
    if (isThere) {
      mkdirSync(join(folder, 'mine'));
      writeFileSync(file, '{}');
    }
    symlinkSync('../mine/choices.json', path);
    rememberModel(path, PLATFORM, 'one');
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ [PLATFORM]: 'one' });
    expect(rememberedModel(path, PLATFORM)).toBe('one');
  });

  it.each(['', '{', 'null', '7', '"abc"', '["x"]', '[]', `{"${PLATFORM}":null}`, `{"${PLATFORM}":""}`])(
    'is not read from a file that holds %j, which stays as it is',
    (text) => {
      mkdirSync(join(folder, 'supercontext'));
      writeFileSync(path, text);
      expect(() => rememberedModel(path, PLATFORM)).toThrow(UsageFault);
      expect(() => rememberModel(path, PLATFORM, 'one')).toThrow(UsageFault);
      expect(readFileSync(path, 'utf8')).toBe(text);
    },
  );

  it('is refused where it cannot be kept, or is in a ring of links', () => {
    mkdirSync(join(folder, 'supercontext'));
    symlinkSync(path, path);
    expect(() => rememberModel(path, PLATFORM, 'one')).toThrow(UsageFault);
    const under = join(folder, 'file');
    writeFileSync(under, '');
    rmSync(path);
    symlinkSync(join(under, 'models.json'), path);
    expect(() => rememberModel(path, PLATFORM, 'one')).toThrow(UsageFault);
  });
});
