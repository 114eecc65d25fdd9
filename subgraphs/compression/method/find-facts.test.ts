import { describe, expect, it } from 'vitest';
import { findFacts } from './find-facts.ts';

describe('finding facts', () => {
  it('finds numbers as written, thousands separators aside', () => {
    expect(findFacts('it took 1,024 tries and 3.5 seconds, up 12% on 7')).toEqual(['#1024', '#3.5', '#12%', '#7']);
  });

  it('does not take the number of a list item for a fact', () => {
    expect(findFacts('3. wait 10 seconds')).toEqual(['#10']);
  });

  it('finds names inside a sentence and identifiers anywhere', () => {
    expect(findFacts('Yesterday the court in Geneva heard Ada')).toEqual(['@Geneva', '@Ada']);
    expect(findFacts('parseUrl reads MAX_SIZE and h264')).toEqual(['@parseUrl', '@MAX_SIZE', '@h264']);
  });

  it('ties a negation to the word it denies', () => {
    expect(findFacts('the valve must not be opened')).toEqual(['!opened']);
    expect(findFacts("it doesn't restart without a key")).toEqual(['!restart', '!key']);
    expect(findFacts('nobody knows why not')).toEqual(['!knows', '!']);
  });
});
