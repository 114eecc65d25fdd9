import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sentenceEnd } from './sentences.ts';

function sentencesOf(text: string): string[] {
  const found: string[] = [];
  for (let from = 0; from < text.length; ) {
    const end = sentenceEnd(text, from, text.length);
    found.push(text.slice(from, end).trim());
    from = end;
  }
  return found;
}

describe('a sentence', () => {
  it.each([
    ['English', ['It held!', 'Did it?', 'Yes.', '“It did.”', 'So it goes…', 'On it went.']],
    ['Markdown', ['**Bold.**', 'Then (see there.)', '`npm` runs it.', '*So.*', '[Link](a.md) leads there.']],
    ['Spanish', ['Hola.', '¿Qué tal?', '¡Bien!', 'Adiós.']],
    ['Arabic', ['ما اسمك؟', 'اسمي آدا.', 'شكرا.']],
    ['Urdu', ['یہ ہے۔', 'وہ ہے۔']],
    ['Hindi', ['यह है।', 'वह है।', 'क्या?', 'हाँ।']],
    ['Burmese', ['ဒါက စာအုပ်။', 'ဟုတ်ကဲ့။']],
    ['Khmer', ['នេះ។', 'នោះ។']],
    ['Amharic', ['ይህ ነው።', 'እሱ ነው፧', 'አዎ።']],
    ['Armenian', ['Սա է։', 'Այն է։']],
    ['Greek', ['Πού είναι;', 'Εδώ είναι.', 'Ναι.']],
    ['Hebrew', ['זה זה.', 'מה זה?', 'טוב.']],
    ['emoji', ['Done.', '🎉 Party!', '👩‍👩‍👧‍👦 All came.']],
  ])('ends at the marks of %s', (_language, sentences) => {
    expect(sentencesOf(sentences.join(' '))).toEqual(sentences);
  });

  it.each([
    ['Chinese', ['他说：“你好。”', '然后走了。', '真的吗？！', '是的!', '好。']],
    ['Japanese', ['「はい。」', 'そうです。', '本当ですか？', '半角です｡', 'はい']],
  ])('ends without a blank in %s', (_language, sentences) => {
    expect(sentencesOf(sentences.join(''))).toEqual(sentences);
  });

  it.each([
    'Dr. Weber measured 3.5 volts, e.g. at noon, i.e. The noon of U.S. clocks.',
    'Use 5.4.1 or v2. released is neither, see Fig. 3 and No. 5 on p. 7 there.',
    'Am 3. Oktober kam z.B. Herr J. Müller, bzw. Frau A. B. Schmidt.',
    'Это т.е. Москва, см. Рис. 5 и ул. Ленина.',
    '1. First of a list',
    '"Really?" he asked.',
    'fs.readFile(a.B) and x ? y : z of a.b.C',
    'They went . . . on and on',
    '値は３．５です',
    'a ; B and const a = 1; Then',
    'Ինչո՞ւ այդպես',
  ])('goes on in "%s"', (text) => {
    expect(sentencesOf(text)).toEqual([text]);
  });

  it('ends at a question mark before a small letter, and not at a dot', () => {
    expect(sentencesOf('what is it? it is 80. nothing else')).toEqual(['what is it?', 'it is 80. nothing else']);
  });

  it('parts no mark from what is drawn over it', () => {
    expect(sentencesOf('好。\u0301好')).toEqual(['好。\u0301好']);
    expect(sentencesOf('ก।์ข')).toEqual(['ก।์ข']);
    expect(sentencesOf('Wow \u2049\ufe0f Yes')).toEqual(['Wow \u2049\ufe0f Yes']);
  });

  it('ends where a wrapped line does', () => {
    expect(sentencesOf('One.\r\nTwo.\n\n  Three.')).toEqual(['One.', 'Two.', 'Three.']);
  });

  it('leaves nothing out, whatever the text', () => {
    const unit = fc.constantFrom(
      'a',
      'B',
      '7',
      ' ',
      '.',
      '?',
      '。',
      '"',
      ')',
      '\n',
      '漢',
      '😀',
      '…',
      '؟',
      '`',
      'e.g',
      ';',
      'π',
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 60 }), (units) => {
        const text = units.join('');
        let from = 0;
        while (from < text.length) {
          const end = sentenceEnd(text, from, text.length);
          expect(end).toBeGreaterThan(from);
          from = end;
        }
        expect(from).toBe(text.length);
      }),
    );
  });
});
