import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../test/support/cpu-time.ts';
import { Tokenizer } from './tokenize.ts';

const tokenizer = new Tokenizer();

function terms(...texts: string[]): number[] {
  tokenizer.read(...texts);
  return [...tokenizer.terms.subarray(0, tokenizer.count)];
}

/** Whether a query of `query` alone finds a text that holds `text`: all its terms are among the text's. */
function finds(query: string, text: string): boolean {
  const held = new Set(terms(text));
  const asked = terms(query);
  return asked.length > 0 && asked.every((term) => held.has(term));
}

describe('the tokenizer', () => {
  it.each([
    ['user', 'getUserName'],
    ['getUserName', 'call getUserName(id)'],
    ['get_user_name', 'getUserName'],
    ['GETUSERNAME', 'getUserName'],
    ['request', 'parseHTTPRequest'],
    ['http', 'parseHTTPRequest'],
    ['tokens', 'max_tokens'],
    ['max_tokens', 'MAX_TOKENS = 4'],
    ['proto', '__proto__'],
    ['readFile', 'fs.readFile(path)'],
    ['fs.readFile', 'await fs.readFile(path)'],
    ['3.14', 'pi is 3.14.'],
    ['base64Encode', 'base64Encode'],
    ['utf8', 'a utf8 string'],
  ])('finds %j in code: %j', (query, text) => {
    expect(finds(query, text)).toBe(true);
  });

  it.each([
    ['query', 'all queries'],
    ['cache', 'caching'],
    ['caches', 'it was cached'],
    ['running', 'it runs'],
    ['make', 'makes and making'],
    ['class', 'classes'],
    ['process', 'processes, processing'],
    ['control', 'controlled'],
    ['embedded', 'embedding'],
    ['session', "the session's log"],
    ["don't", 'dont'],
    ['cafe', 'Café'],
    ['cafe', 'Cafe\u0301'],
    ['ÜBER', 'über'],
    ['Москва', 'МОСКВА'],
  ])('finds %j in prose: %j', (query, text) => {
    expect(finds(query, text)).toBe(true);
  });

  it.each([
    ['string', 'str'],
    ['user', 'use'],
    ['status', 'statu'],
    ['process', 'proces sed'],
    ['fs.readFile', 'fs and readFile'],
    ['3.14', '314'],
  ])('does not take %j for %j', (query, text) => {
    expect(finds(query, text)).toBe(false);
  });

  it('finds words of scripts that have no spaces, and their order', () => {
    expect(finds('東京', '私は東京に住んでいます')).toBe(true);
    expect(finds('京東', '私は東京に住んでいます')).toBe(false);
  });

  it('counts words once, whatever wholes they are part of', () => {
    tokenizer.read('getUserName fs.readFile plain');
    expect(tokenizer.words).toBe(7);
  });

  it('reads several texts as one', () => {
    expect(terms('alpha', 'beta')).toEqual(terms('alpha beta'));
  });

  it('takes any text, in time linear in its length', () => {
    const hostile = [
      'a'.repeat(500_000),
      'a.'.repeat(250_000),
      '_'.repeat(500_000),
      '\ud800'.repeat(1_000),
      'aB'.repeat(250_000),
    ];
    const readAll = () => {
      for (const text of hostile) terms(text);
    };
    expect(cpuMs(readAll, 1)).toBeLessThan(2_000);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        for (const term of terms(text)) expect(Number.isSafeInteger(term) && term > 0).toBe(true);
      }),
    );
  });
});
