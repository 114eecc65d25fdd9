import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../test/support/cpu-time.ts';
import { NearDuplicates } from './near-duplicates.ts';

const text = 'The quick brown fox jumps over the lazy dog, and then it sleeps until the evening comes.';

describe('NearDuplicates', () => {
  it('knows what has been said, in nearly the same words too', () => {
    const said = new NearDuplicates();
    expect(said.isRepeated(text)).toBe(false);
    expect(said.isRepeated(text)).toBe(true);
    expect(said.isRepeated(text.replace('lazy', 'sleepy'))).toBe(true);
    expect(said.isRepeated(text.toUpperCase())).toBe(true);
  });

  it('lets pass what only shares some words', () => {
    const said = new NearDuplicates();
    said.isRepeated(text);
    expect(said.isRepeated('The lazy dog is brown, and the fox is quick; both eat at noon and rest after that.')).toBe(
      false,
    );
  });

  it('knows short texts and texts without words', () => {
    const said = new NearDuplicates();
    expect([said.isRepeated('yes'), said.isRepeated('no'), said.isRepeated('Yes!')]).toEqual([false, false, true]);
    expect([said.isRepeated('---'), said.isRepeated('---')]).toEqual([false, false]);
  });
});

describe('in scripts without blanks between words', () => {
  const texts: Readonly<Record<string, readonly [text: string, alike: string, other: string]>> = {
    Chinese: [
      '数据库的迁移必须保持向后兼容，因此所有新的列都要允许为空，旧的列在两个版本之后才能删除。',
      '数据库的迁移必须保持向后兼容，因此所有新的字段都要允许为空，旧的列在两个版本之后才能删除。',
      '数据库的备份每天晚上运行一次，旧的备份在三十天之后删除，所有新的备份都要检查。',
    ],
    Japanese: [
      'データベースの移行は後方互換でなければならず、新しい列はすべて空を許す必要がある。',
      'データベースの移行は後方互換でなければならず、新しい項目はすべて空を許す必要がある。',
      'データベースの複製は毎晩一度だけ作られ、古いものは三十日の後に消される必要がある。',
    ],
    Thai: [
      'เมื่อวานนี้เซิร์ฟเวอร์ล่มเพราะหน่วยความจำเต็ม ทีมงานจึงเพิ่มหน่วยความจำและเปิดระบบใหม่',
      'เมื่อวานนี้เซิร์ฟเวอร์ล่มเพราะหน่วยความจำเต็ม ทีมงานจึงขยายหน่วยความจำและเปิดระบบใหม่',
      'วันนี้ท่าเรือปิดเพราะพายุเข้า เรือทุกลำต้องรออยู่ที่เกาะจนกว่าลมจะสงบในตอนเย็น',
    ],
    Khmer: [
      'ម្សិលមិញម៉ាស៊ីនបម្រើបានដួលដោយសារអង្គចងចាំពេញហើយក្រុមការងារបានបន្ថែមអង្គចងចាំ',
      'ម្សិលមិញម៉ាស៊ីនបម្រើបានដួលដោយសារអង្គចងចាំពេញហើយក្រុមការងារបានទិញអង្គចងចាំ',
      'ថ្ងៃនេះកំពង់ផែបិទដោយសារព្យុះមកដល់ ទូកទាំងអស់ត្រូវរង់ចាំនៅកោះរហូតដល់ល្ងាច',
    ],
  };

  it.each(Object.keys(texts))('knows what has been said in nearly the same words of %s', (language) => {
    const [text = '', alike = '', other = ''] = texts[language] ?? [];
    const said = new NearDuplicates();
    expect(said.isRepeated(text)).toBe(false);
    expect(said.isRepeated(alike)).toBe(true);
    expect(said.isRepeated(other)).toBe(false);
    expect(said.isRepeated(`${text}${other}`)).toBe(true);
  });

  it('tells many texts of one matter apart', () => {
    const said = new NearDuplicates();
    const [one, two] = ['服务器端口是', '，夜里三点重新启动，由北门的值班员负责。'];
    const names = ['甲乙丙丁戊己庚辛壬癸子丑寅卯', '东南西北上下左右前后里外高低', '春夏秋冬山水风火雷电云雨雪霜'];
    expect(names.map((name) => said.isRepeated(`${name}的${one}${name.length}${name.slice(3, 9)}`))).toEqual([
      false,
      false,
      false,
    ]);
    expect(said.isRepeated(`${names[0]}的${one}14${two}`)).toBe(true);
  });
});

it('reads words without case, accents, width and what joins them, as search does', () => {
  const said = new NearDuplicates();
  expect(said.isRepeated('Der Müller zahlt die Gebühr für die Mühle am Fluß.')).toBe(false);
  expect(said.isRepeated('DER MU\u0308LLER ZAHLT DIE GEBÜHR FÜR DIE MÜHLE AM FLUSS.')).toBe(true);
  expect(said.isRepeated('Ｄｅｒ　Ｍüｌｌｅｒ　ｚａｈｌｔ　ｄｉｅ　Ｇｅｂüｈｒ')).toBe(true);
});

describe('what says something else in nearly the same words', () => {
  it.each([
    [
      'In release 5.4.1 of the gateway the default timeout of the northern region is 30 seconds.',
      'In release 5.4.2 of the gateway the default timeout of the northern region is 45 seconds.',
    ],
    [
      'As of today the door code of the old vault in the northern wing is 9371.',
      'As of today the door code of the old vault in the northern wing is 1145.',
    ],
    [
      '金库的密码从今天起改为九三七一，所有值班人员必须知道，编号是9371。',
      '金库的密码从今天起改为九三七一，所有值班人员必须知道，编号是1145。',
    ],
    [
      'The vault in the northern wing of the old building is open to all visitors.',
      'The vault in the northern wing of the old building is not open to all visitors.',
    ],
    [
      'Das Tor am nördlichen Hafen ist für alle Besucher der Stadt geöffnet.',
      'Das Tor am nördlichen Hafen ist nicht für alle Besucher der Stadt geöffnet.',
    ],
    [
      '数据库的迁移在这个版本里可以在白天运行，所有的列都要允许为空。',
      '数据库的迁移在这个版本里不可以在白天运行，所有的列都要允许为空。',
    ],
  ])('is said, whichever comes first: %s', (one, other) => {
    for (const texts of [
      [one, other],
      [other, one],
    ]) {
      const said = new NearDuplicates();
      expect(texts.map((text) => said.isRepeated(text))).toEqual([false, false]);
      expect(texts.map((text) => said.isRepeated(text))).toEqual([true, true]);
    }
  });
});

it('tells a short text from its denial', () => {
  const said = new NearDuplicates();
  expect([said.isRepeated('It does work'), said.isRepeated('It does not work')]).toEqual([false, false]);
  expect([said.isRepeated('能用'), said.isRepeated('不能用')]).toEqual([false, false]);
});

it('takes time that grows with the text, whatever is in it', () => {
  const best = (text: string) => cpuMs(() => new NearDuplicates().isRepeated(text));
  for (const part of ['a ', 'x', '港', 'ก', '\u{20000}', '👩‍👩‍👧']) {
    // Sixteen times as long, and the garbage; a square would take 256 times as long.
    expect(best(part.repeat(160_000))).toBeLessThan(best(part.repeat(10_000)) * 80 + 30);
  }
});
