// Counts the tokens of about 2M tokens of text once, with our counter or the library's, and prints the milliseconds. A process of its
// own, so that neither counter finds what the other has warmed up.
import { join } from 'node:path';
import { countTokens } from '@supercontext/tokens/count-tokens.ts';
import { countTokens as countWithLibrary } from 'gpt-tokenizer/encoding/o200k_base';
import { installedCorpus } from '../../../infra/corpus.ts';
import { splitText } from '../../../subgraphs/context/split/split-text.ts';

const [counter, sizeBytes] = process.argv.slice(2);
const asText = { disallowedSpecial: new Set<string>() };
const count = counter === 'ours' ? countTokens : (text: string) => countWithLibrary(text, asText);
const texts = installedCorpus(join(import.meta.dirname, '../../../node_modules'), Number(sizeBytes));
const parts = [...texts].flatMap(({ text }) =>
  [...splitText(text, (part) => Math.ceil(part.length / 4))].map((part) => part.text),
);
const start = performance.now();
for (const part of parts) count(part);
console.log(performance.now() - start);
