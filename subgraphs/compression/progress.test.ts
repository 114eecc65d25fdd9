import { describe, expect, it } from 'vitest';
import { Progress } from './progress.ts';

const SESSION = 'ses_1';

describe('progress', () => {
  it('wakes a watcher for a change that came before it asked, once for many', async () => {
    const progress = new Progress();
    const watch = progress.watch(SESSION);
    const { signal } = new AbortController();
    progress.changed(SESSION);
    progress.changed(SESSION);
    expect(await watch.next(signal)).toBe(true);
    let woken = false;
    const waiting = watch.next(signal).then(() => {
      woken = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(woken).toBe(false);
    progress.changed('ses_2');
    progress.changed(SESSION);
    await waiting;
    watch.close();
  });

  it('ends the wait of a watcher that goes, and holds nothing for it afterwards', async () => {
    const progress = new Progress();
    const gone = new AbortController();
    const watch = progress.watch(SESSION);
    const other = progress.watch(SESSION);
    const waiting = watch.next(gone.signal);
    gone.abort();
    expect(await waiting).toBe(false);
    watch.close();
    expect(progress.watchedSessions).toBe(1);
    other.close();
    expect(progress.watchedSessions).toBe(0);
  });

  it('wakes a watcher now and then where other processes work as well, until it goes', async () => {
    const progress = new Progress(5);
    const watch = progress.watch(SESSION);
    const { signal } = new AbortController();
    expect(await watch.next(signal)).toBe(true);
    expect(await watch.next(signal)).toBe(true);
    watch.close();
    expect(progress.watchedSessions).toBe(0);
  });
});
