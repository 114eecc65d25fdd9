import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openGguf } from '@supercontext/reasoning/gguf/open-gguf.ts';
import { TokenBytes, tokenTable } from '@supercontext/reasoning/gguf/token-bytes.ts';
import { Tokenizer } from '@supercontext/reasoning/gguf/tokenizer.ts';
import { readVocabulary } from '@supercontext/reasoning/gguf/vocabulary.ts';
import { describe, expect, it } from 'vitest';
import { SUITE_FOLDER } from '../../infra/tokenizer-suite.mjs';

const SEPARATOR = '\n__ggml_vocab_test__\n';
const isThere = existsSync(SUITE_FOLDER);

describe.skipIf(!isThere)(
  `llama.cpp's own suite of tokenizers${isThere ? '' : ' (skipped: it is not there; npm test fetches it where pip may)'}`,
  () => {
    it.each(['llama-bpe', 'llama-spm', 'qwen2', 'gpt-2'])('%s: every text has its expected ids', (name) => {
      const path = join(SUITE_FOLDER, `ggml-vocab-${name}.gguf`);
      const file = openGguf(path);
      file.source.close();
      const vocabulary = readVocabulary(file.metadata);
      const tokenizer = new Tokenizer(vocabulary);
      const texts = readFileSync(`${path}.inp`, 'utf8').split(SEPARATOR);
      const expected = readFileSync(`${path}.out`, 'utf8').split('\n').slice(0, texts.length);
      expect(texts.length).toBeGreaterThan(40);
      for (const [index, text] of texts.entries()) {
        const ids = tokenizer.encode(text);
        expect({ text, ids: ids.join(' ') }).toEqual({ text, ids: expected[index]?.trim() });
        const blank = vocabulary.pieces.kind === 'scored' && text !== '' ? ' ' : '';
        expect(new TokenBytes(tokenTable(vocabulary)).decode(ids)).toBe(blank + text);
      }
    });
  },
);
