import { describe, expect, it } from 'vitest';
import { RecentTexts } from './recent-texts.ts';

describe('recent texts', () => {
  it('gives a text once', () => {
    const recent = new RecentTexts(1_000);
    recent.add('a', { name: 'n', text: 'one', isSpoken: false, isInstruction: false });
    expect(recent.take('a')).toEqual({ name: 'n', text: 'one', isSpoken: false, isInstruction: false });
    expect(recent.take('a')).toBeUndefined();
    expect(recent.sizeBytes).toBe(0);
  });

  it('stays within its budget by forgetting the oldest', () => {
    const recent = new RecentTexts(100);
    for (let at = 0; at < 20; at++)
      recent.add(String(at), { name: '', text: 'x'.repeat(10), isSpoken: false, isInstruction: false });
    expect(recent.sizeBytes).toBeLessThanOrEqual(100);
    expect(recent.take('0')).toBeUndefined();
    expect(recent.take('19')).toBeDefined();
  });

  it('counts a text that comes twice once', () => {
    const recent = new RecentTexts(1_000);
    recent.add('a', { name: '', text: 'xx', isSpoken: false, isInstruction: false });
    recent.add('a', { name: '', text: 'xx', isSpoken: false, isInstruction: false });
    expect(recent.sizeBytes).toBe(4);
  });
});
