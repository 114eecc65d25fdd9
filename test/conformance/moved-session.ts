import { createHash } from 'node:crypto';
import type { Commit, NewEntry, SessionLog } from '../../subgraphs/context/log/session-log.ts';

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

function entry(number: number, more: Partial<NewEntry> = {}): NewEntry {
  const hash = hashOf(`${number}`).slice(0, 32);
  return { hash, tokens: 7 + (number % 5), role: 'document', kind: 'file', facts: null, ...more };
}

/** Fills a session with all that a log can know: documents in versions, awaited ones, answers given anew, what was told of items. */
export async function fillSession(log: SessionLog, id: string, { files }: { readonly files: number }): Promise<void> {
  await log.open({ id, title: null, key: `opened ${id}`, nowMs: 5 });
  let commits = 0;
  const commit = async (more: Partial<Commit>) => {
    const key = `key ${commits++} ü`;
    const outcome = await log.commit({
      ...{ sessionId: id, key, contentHash: hashOf(key), baseRevision: null, entries: [], sizeBytes: 9, turn: null },
      ...{ nowMs: 1_000 + commits, ...more },
    });
    if (outcome.state !== 'committed') throw new Error(outcome.state);
  };
  const part = (path: string, text: string, first: number) => ({ path, hash: hashOf(text), first, entries: 1 });
  const texts = Array.from({ length: files }, (_, at) => at);
  for (let from = 0; from < files; from += 1_000) {
    const some = texts.slice(from, from + 1_000);
    await commit({
      entries: some.map((at) => entry(at)),
      documents: some.flatMap((at) =>
        at % 10 === 0 ? [{ ...part(`${at}.md`, `${at}`, at - from), version: null }] : [],
      ),
    });
  }
  const facts = { speaker: 'Zoë', occurredAtMs: 17, metadata: '{"a":1}' };
  await commit({ entries: [1, 2, 3].map((at) => entry(at, { kind: 'text', role: 'tool', facts, item: 1 })) });
  await commit({ entries: [entry(1, { kind: 'chat', role: 'user' })], turn: { prompt: 'Where is the orchard?' } });
  for (const begunAtMs of [50, 40, 60]) {
    const answer = [entry(begunAtMs, { kind: 'chat', role: 'assistant' })];
    await commit({ entries: answer, turn: { answers: 0, begunAtMs } });
  }
  await commit({ entries: [entry(1, { kind: 'chat', role: 'user' })], turn: { prompt: 'And then?' } });
  const whole = { part: 0, parts: 1, hash: null };
  await commit({ entries: [entry(1)], documents: [{ ...part('0.md', 'new', 0), version: whole }] });
  await commit({ removes: ['10.md'] });
  const hash = hashOf('of a version that is not whole yet');
  const awaited = { ...part('é/awaited.md', 'first', 0), version: { part: 0, parts: 3, hash } };
  await commit({ entries: [entry(4)], documents: [awaited] });
  await log.change(id, { archivedAtMs: 77 });
}
