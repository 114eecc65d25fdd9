// `npm run bench`: every figure beside its peer in the same run, written to results.md. Name parts to run and write only those.
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import type { BenchRow } from './row.ts';

const PARTS: Readonly<Record<string, string>> = {
  ingest: './platform/ingest.ts',
  'turn-cost': './platform/turn-cost.ts',
  'quoted-answer': './platform/quoted-answer.ts',
  append: './platform/append.ts',
  embedding: './platform/embedding.ts',
  'on-redis': './platform/on-redis.ts',
  'remote-model': './platform/remote-model.ts',
  store: './store/ingest.ts',
  'search-peers': './store/search-peers.ts',
  'store-on-redis': './store/redis.ts',
  'store-capacity': './store/capacity.ts',
  'store-failover': './store/failover.ts',
  compression: './compression/compression.ts',
  context: './context/context.ts',
  'by-meaning': './context/by-meaning.ts',
  checkpointer: './context/checkpointer.ts',
  engine: './engine/engine.ts',
  gateway: './gateway/gateway.ts',
};

const HEAD = `# Results

Written by \`npm run bench\`, each part when it was run last. Ratios are of one run; absolute figures are the named machine's.
A goal that was not reached says so.
`;

interface Part {
  readonly run: () => Promise<readonly BenchRow[]>;
  /** Why it cannot be measured here; null when it can. */
  readonly whyNot?: () => string | null;
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((part) => !Object.hasOwn(PARTS, part));
if (unknown.length > 0) {
  console.error(`no such part: ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`);
  process.exit(2);
}

const RESULTS = join(import.meta.dirname, 'results.md');
const machine = `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`;

for (const [part, file] of Object.entries(PARTS)) {
  if (wanted.length > 0 && !wanted.includes(part)) continue;
  console.log(`${part} …`);
  const { run, whyNot } = (await import(file)) as Part;
  const why = whyNot?.() ?? null;
  if (why !== null) {
    console.log(`  skipped: ${why}`);
    continue;
  }
  const rows = await run();
  for (const { name, ours, peer, unit, ratio, goal, met, note } of rows) {
    const figures = `${figure(ratio)} (${figure(ours)} beside ${figure(peer)} ${unit}; goal ${goal})`;
    console.log(`  ${met ? 'met ' : 'LOST'} ${name}: ${figures}`);
    if (note !== undefined) console.log(`       ${note}`);
  }
  keep(part, `${machine}\n\n${table(rows)}`);
}
process.exit(0);

/** Puts what a part has come to in the place of what it came to before: a part is run again without the others. */
function keep(part: string, text: string): void {
  const [, ...kept] = readFileSync(RESULTS, 'utf8').split(/^## /m);
  const sections = new Map(kept.map((section) => [section.slice(0, section.indexOf('\n')), section]));
  sections.set(part, `${part}\n\n${text}`);
  const inOrder = Object.keys(PARTS).flatMap((name) => sections.get(name) ?? []);
  writeFileSync(RESULTS, `${HEAD}\n${inOrder.map((section) => `## ${section.trimEnd()}\n`).join('\n')}`);
}

function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function table(rows: readonly BenchRow[]): string {
  const lines = rows.map(
    ({ name, ours, peer, unit, ratio, goal, met, note }) =>
      `| ${name} | ${figure(ours)} | ${figure(peer)} | ${unit} | ${figure(ratio)} | ${goal} | ${met ? 'yes' : '**no**'} | ${note ?? ''} |`,
  );
  return `| | ours | peer | unit | ratio | goal | met | note |\n|---|---|---|---|---|---|---|---|\n${lines.join('\n')}\n`;
}
