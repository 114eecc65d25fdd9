import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { defaultEmbedder, whyNoEmbedder } from '../../test/support/embedder-weights.ts';
import { cutWindows } from './cut-windows.ts';
import { TINY_VOCABULARY } from './fixtures/tiny-bert.ts';
import { WordPieces } from './word-pieces.ts';

const tiny = new WordPieces(TINY_VOCABULARY);
const named = (text: string) => tiny.encode(text).map((id) => TINY_VOCABULARY.split('\n')[id]);

describe('word pieces', () => {
  test('are the longest that begin a word, then the longest that go on', () => {
    expect(named('unaffable 7443')).toEqual(['un', '##aff', '##able', '7', '##44', '##3']);
    expect(named('runs ports')).toEqual(['run', '##s', 'port', '##s']);
  });

  test('of a word that cannot be cut to its end are the unknown one', () => {
    expect(named('portx the')).toEqual(['[UNK]', 'the']);
    expect(named(`${'h'.repeat(101)} hi`)).toEqual(['[UNK]', '[UNK]']);
  });

  test('are of lower case, without accents, with punctuation and ideographs alone', () => {
    expect(named("Café, don't_東京.")).toEqual(['cafe', '[UNK]', 'don', "'", 't', '_', '東', '京', '.']);
    expect(named('ΣΣ')).toEqual(['σ', '##σ']);
    expect(named('the\u0000\u200b port\u00a0of\r\na')).toEqual(['the', 'port', 'of', 'a']);
  });

  test('that a text says are special are characters like any other', () => {
    expect(tiny.encode('[SEP]')).not.toContain(tiny.marks.last);
  });

  test('of the same text are the same when it comes again', () => {
    expect(tiny.encode('unaffable ledger')).toEqual(tiny.encode('unaffable ledger'));
  });

  const why = whyNoEmbedder();
  test.skipIf(why !== null)(`are those of the model's own tokenizer${why === null ? '' : ` (skipped: ${why})`}`, () => {
    const pieces = new WordPieces(readFileSync(defaultEmbedder().vocabularyPath, 'utf8'));
    for (const [text, ids] of KNOWN) expect(pieces.encode(text), text).toEqual(ids);
  });
});

describe('windows', () => {
  const options = { windowPieces: 8, first: 1, last: 2 };

  test('hold all pieces in order, as few and as equal as can be', () => {
    const pieces = Array.from({ length: 13 }, (_, at) => at + 10);
    const windows = cutWindows(pieces, options);
    expect(windows.map((window) => window.length)).toEqual([6, 6, 7]);
    expect(windows.flatMap((window) => window.slice(1, -1))).toEqual(pieces);
    expect(windows.every((window) => window[0] === 1 && window.at(-1) === 2)).toBe(true);
  });

  test('are one, of marks, for a text without a word, and never more than 64', () => {
    expect(cutWindows([], options)).toEqual([[1, 2]]);
    expect(cutWindows(new Array<number>(10_000).fill(5), options)).toHaveLength(64);
  });
});

/** What the tokenizer that came with the model makes of texts. */
const KNOWN: readonly (readonly [string, readonly number[]])[] = [
  ['Hello, World!', [7592, 1010, 2088, 999]],
  ['The port of the ledger is 7443.', [1996, 3417, 1997, 1996, 27106, 2003, 6356, 23777, 1012]],
  [
    'na\u00efve caf\u00e9 \u00c5ngstr\u00f6m \u03a3\u038a\u03a3\u03a5\u03a6\u039f\u03a3 \u0130stanbul',
    [15743, 7668, 17076, 15687, 1173, 18199, 29733, 29735, 29736, 29730, 29733, 9960],
  ],
  ['unaffable embeddings tokenization', [14477, 20961, 3468, 7861, 8270, 4667, 2015, 19204, 3989]],
  ['\u6771\u4eac\u30bf\u30ef\u30fc\u306f333m', [1879, 1755, 1709, 30262, 30265, 30198, 22394, 2509, 2213]],
  [
    '\ud55c\uad6d\uc5b4 \ud14d\uc2a4\ud2b8',
    [1469, 30006, 30021, 29991, 30014, 30020, 29999, 30008, 1467, 30009, 30020, 29997, 30017, 30003, 30017],
  ],
  ['a\u0000b\u200bc\ufffdd\u0009e\u00a0f', [5925, 2094, 1041, 1042]],
  [
    'fs.readFileSync(max_tokens) -> \u20ac5 \u00bd',
    [1042, 2015, 1012, 3191, 8873, 4244, 6038, 2278, 1006, 4098, 1035, 19204, 2015, 1007, 1011, 1028, 1574, 2629, 1092],
  ],
  ['\u{1f469}\u200d\u{1f4bb} emoji \u{1f389}', [100, 7861, 29147, 2072, 100]],
  [
    "don't stop\u2014now\u2026 \u00abquoted\u00bb \u2039x\u203a",
    [2123, 1005, 1056, 2644, 1517, 2085, 1529, 1077, 9339, 1090, 100, 1060, 1533],
  ],
  ['`code` $100 ^ ~ | <tag>', [1036, 3642, 1036, 1002, 2531, 1034, 1066, 1064, 1026, 6415, 1028]],
  [
    '\u041c\u041e\u0421\u041a\u0412\u0410 \u041f\u0440\u0438\u0432\u0435\u0442',
    [1191, 14150, 29747, 23925, 25529, 10260, 1194, 16856, 10325, 25529, 15290, 22919],
  ],
  ['\ufb01 ligature \u2167 \u2460', [1984, 8018, 11244, 100, 100]],
  ['\u{20000}\u{2a6a5} rare', [100, 100, 4678]],
  [
    '\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645',
    [1295, 17149, 29820, 29816, 25573, 1271, 25573, 23673, 29830, 25573, 23673, 22192],
  ],
  [
    '\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e',
    [1327, 29867, 29874, 29859, 1325, 29863, 29877, 29868, 29876],
  ],
  ['\u01c5 \u00df \u1e9e \u0149', [100, 1096, 1096, 100]],
  ['  \u000d\u000a\u2028\u2029\u3000 ', []],
  ['e\u0301clair O\u0308l', [14925, 19771, 2099, 19330]],
];
