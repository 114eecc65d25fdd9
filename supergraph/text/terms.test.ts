import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../test/support/cpu-time.ts';
import { termsOf } from './terms.ts';

/** Whether a question of `query` alone finds a text: all its terms are among the text's. */
function finds(query: string, text: string): boolean {
  const held = new Set(termsOf(text));
  const asked = termsOf(query);
  return asked.length > 0 && asked.every((term) => held.has(term));
}

describe('a word is found however its letters are written:', () => {
  it.each([
    ['Korean in jamo', '\ud55c\uae00\ubb38\uc11c', '\ud55c\uae00\ubb38\uc11c\ub97c'.normalize('NFD')],
    ['Korean with a particle', '서버', '서버가 멈췄습니다'],
    ['Russian, decomposed', 'новый', 'Новый файл'.normalize('NFD')],
    ['Russian yo', 'елка', 'Ёлка'],
    ['full width', 'ABC123', 'ＡＢＣ１２３'],
    ['half-width katakana', 'サーバー', 'ｻｰﾊﾞｰ'],
    ['a ligature', 'office', 'the o\ufb03ce'],
    ['circled and mathematical letters', 'alpha', '\u{1d41a}\u{1d425}\u{1d429}\u{1d421}\u{1d41a}'],
    ['German sharp s', 'strasse', 'Straße'],
    ['German sharp s, capital', 'STRASSE', 'STRAẞE'],
    ['Danish', 'kobenhavn', 'København'],
    ['Polish', 'lodz', 'Łódź'],
    ['Turkish', 'istanbul', 'İstanbul'],
    ['Icelandic', 'thor', 'Þór'],
    ['Vietnamese', 'viet nam', 'Việt Nam'],
    ['Greek with accents', 'αθηνα', 'Αθήνα'],
    ['Greek final sigma', 'ΟΔΟΣ', 'οδός'],
    ['Hebrew with points', 'שלום', 'שָׁלוֹם'],
    ['Arabic with points', 'كتاب', 'كِتَابٌ'],
    ['Hindi', 'सर्वर', 'कल सर्वर बंद था'],
    ['accents', 'creme brulee', 'crème brûlée'],
    ['accents, decomposed', 'café', 'cafe\u0301'],
    ['an emoji at the word', 'rollback', 'rollback\u{1f525}done'],
    ['an emoji before the word', 'done', 'rollback\u{1f525}done'],
    ['a family at the word', 'family', '\u{1f469}\u200d\u{1f469}\u200d\u{1f466}family'],
    ['a soft hyphen in the word', 'handbook', 'hand\u00adbook'],
    ['behind an elision', 'église', 'près de l’église'],
    ['behind a long elision', 'acquedotto', "nell'acquedotto romano"],
    ['with its elision', "l'abbaye", 'dans l’abbaye'],
    ['before a suffix', 'Ankara', "Ankara'daki büro"],
    ['before a possessive', 'company', "the company's ledger"],
    ['a number with blanks that break no line', '3456789', 'le total est 3\u202f456\u202f789'],
    ['a number with apostrophes', '8765433', "total 8'765'433"],
  ])('%s', (_name, query, text) => {
    expect(finds(query, text)).toBe(true);
  });
});

describe('a word is found where no blanks are between words:', () => {
  it.each([
    ['Chinese', '迁移', '数据库迁移必须向后兼容'],
    ['Japanese', '移行', 'データベースの移行は後方互換でなければならない'],
    ['Thai', 'เซิร์ฟเวอร์', 'เมื่อวานนี้เซิร์ฟเวอร์ล่มเพราะหน่วยความจำเต็ม'],
    ['Lao', 'ເຊີບເວີ', 'ມື້ວານນີ້ເຊີບເວີລົ້ມ'],
    ['Khmer', 'ម៉ាស៊ីន', 'ម្សិលមិញម៉ាស៊ីនបានដាច់'],
    ['Burmese', 'ဆာဗာ', 'မနေ့ကဆာဗာပျက်သွားသည်'],
    ['an ideograph beyond the first 65 536', '\u{20bb7}野', '彼は\u{20bb7}野家で働く'],
  ])('%s', (_name, query, text) => {
    expect(finds(query, text)).toBe(true);
  });

  it.each([
    ['京東', '私は東京に住んでいます'],
    ['กวาน', 'เมื่อวานนี้'],
  ])('and its order counts: %s is not in %s', (query, text) => {
    expect(finds(query, text)).toBe(false);
  });
});

describe('an identifier is found as it is written, and told from the next one:', () => {
  it.each([
    ['5.4.1', 'released v5.4.1 today'],
    ['v5.4.1', 'released v5.4.1 today'],
    ['ADR-016', 'see ADR-016 for it'],
    ['CVE-2024-3094', 'it is CVE-2024-3094.'],
    ['1234567', 'total 1,234,567 rows'],
    ['1,234,567', 'total 1,234,567 rows'],
    ['1,234,567', 'total 1234567 rows'],
    ['10.0.12.7', 'host 10.0.12.7 down'],
    ['3f2b8c1e-9d4a-4c77-8e21-0a1b2c3d4e5f', 'id 3f2b8c1e-9d4a-4c77-8e21-0a1b2c3d4e5f'],
    ['C++', 'written in C++, not C'],
    ['C#', 'written in C#.'],
    ['maxRetryCount', 'max_retry_count is 3'],
    ['max_retry_delay', 'maxRetryDelay is 4'],
    ['quarterly.xlsx', 'C:\\data\\anna\\quarterly.xlsx'],
    ['2024-01-15', 'on 2024-01-15 at noon'],
    ['y=zulu', 'GET https://example.org/a/b-c_d?x=1&y=zulu'],
  ])('%s in %s', (query, text) => {
    expect(finds(query, text)).toBe(true);
  });

  it.each([
    ['5.4.1', 'released 5.4.2, then 1.5.4'],
    ['5.4.1', 'released 5.4.11'],
    ['ADR-016', 'see ADR-017, page 016'],
    ['10.0.12.7', 'host 10.0.12.8, port 7'],
    ['1234567', '1, 234, 567'],
    ['C++', 'written in C'],
    ['C#', 'written in C'],
  ])('%s is not in %s', (query, text) => {
    expect(finds(query, text)).toBe(false);
  });
});

it('leaves out what says nothing, whatever its form', () => {
  expect(termsOf('What is the use of it? It was THE one that I used.')).toEqual([]);
});

it('takes any text, in time linear in its length', () => {
  const hostile = [
    'กา'.repeat(250_000),
    'e\u0301'.repeat(250_000),
    '\u{1f469}\u200d'.repeat(150_000),
    '1,000'.repeat(100_000),
  ];
  const readAll = () => {
    for (const text of hostile) termsOf(text);
  };
  expect(cpuMs(readAll, 1)).toBeLessThan(5_000);
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => Array.isArray(termsOf(text))));
});
