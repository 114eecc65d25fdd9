import { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import { describe, expect, it } from 'vitest';
import { NameFinder, type NamesFound } from './names-together.ts';
import { allSteps, sealTail } from './seal.ts';
import { Tail } from './tail.ts';
import { Tokenizer } from './tokenize.ts';

const tokenizer = new Tokenizer();
const finder = new NameFinder();

/** Each document with the name of its source. */
function tailOf(documents: readonly (readonly [name: string, text: string])[]): Tail {
  const tail = new Tail();
  for (const [name, text] of documents) {
    tokenizer.read(name, text);
    tokenizer.markSource(name);
    tail.add(tokenizer);
  }
  return tail;
}

const FILLING = Array.from({ length: 20 }, (_, at) => ['notes.md', `nothing of interest, number ${at}`] as const);
const DOCUMENTS = [
  ['zorp/README.md', 'keepAlive is how long zorp waits; as glob-quax 2.1.0 does.'],
  ['glob-quax/CHANGELOG.md', '## 2.1.0\n\nFirst release that waits.'],
  ['glob-quax/README.md', 'maxDepth says how far it looks.'],
  ...FILLING,
] as const;
const parts = [tailOf(DOCUMENTS)];
const find = (query: string, withdrawn = Withdrawn.NONE, of: Parameters<NameFinder['find']>[0] = parts) =>
  allSteps(finder.find(of, query, withdrawn)) as NamesFound;

describe('the names of a question', () => {
  it('are none in one of plain words, sources among them or not', () => {
    expect(find('how long does zorp wait')).toBeNull();
    expect(find('')).toBeNull();
    expect(allSteps(finder.find([], 'keepAlive'))).toEqual({ together: 0, there: 0 });
  });

  it('are together where one place has them, by its text or the name of its source', () => {
    expect(find('What is keepAlive of zorp?')).toEqual({ together: 1, there: 1 });
    expect(find('When did glob-quax 2.1.0 come out?').together).toBeCloseTo(1, 9);
    expect(find('Was sagt maxDepth?')).toEqual({ together: 1, there: 1 });
  });

  it('are near misses where none has them all, or nobody knows one', () => {
    expect(find('What is maxDepth of zorp?')).toEqual({ together: 0, there: 1 });
    expect(find('What is maxAlive of zorp?')).toEqual({ together: 0, there: 0 });
    const one = find('When did glob-quax 3.9.9 come out?');
    expect(one.there).toBeGreaterThan(0);
    expect(one.there).toBeLessThan(1);
  });

  it('count less where another source only mentions one', () => {
    expect(find('Does keepAlive go to glob-quax?').together).toBeCloseTo(0.5, 9);
  });

  it('are not found in what is withdrawn', () => {
    expect(find('What is keepAlive of zorp?', Withdrawn.of([{ from: 0, through: 0 }]))).toEqual({
      together: 0,
      there: 0,
    });
  });

  it('are looked for where a withdrawal ends and begins, in each part', () => {
    const sealed = allSteps(sealTail(tailOf(DOCUMENTS.slice(0, 2))));
    const cut = [sealed, tailOf(DOCUMENTS.slice(2))];
    const there = (from: number, through: number) => {
      const found = find('glob-quax', Withdrawn.of([{ from, through }]), cut).there;
      expect(find('glob-quax', Withdrawn.of([{ from, through }]))).toEqual(
        find('glob-quax', Withdrawn.of([{ from, through }]), cut),
      );
      return found;
    };
    expect(there(0, 1)).toBe(1);
    expect(there(1, 2)).toBe(1);
    expect(there(0, 2)).toBe(0);
  });

  it('are found alike however the session is cut into parts', () => {
    const sealed = allSteps(sealTail(tailOf(DOCUMENTS.slice(0, 2))));
    const cut = [sealed, tailOf(DOCUMENTS.slice(2))];
    for (const query of ['keepAlive of zorp', 'glob-quax 2.1.0', 'maxDepth of zorp', 'keepAlive and glob-quax'])
      expect(find(query, Withdrawn.NONE, cut)).toEqual(find(query));
  });
});
