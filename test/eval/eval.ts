// `npm run eval -- FOLDER…`: recall under budgets, tokens and times on question sets of your own, beside peers on the same data.
import { writeFileSync } from 'node:fs';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';
import { BadInput } from './json-lines.ts';
import { makeHeldOutSet } from './make-questions/held-out/held-out.ts';
import { makeDocumentationSet } from './make-questions/make-set.ts';
import { summarizeAnswers } from './measure-answers.ts';
import { loadPeers } from './peer.ts';
import { answerTable, tablesOf } from './print-tables.ts';
import { familyOf } from './question-set.ts';
import { type EvalOptions, readOptions } from './read-options.ts';
import { readSets } from './read-sets.ts';
import { runSets } from './run-sets.ts';
import { summarize } from './summarize.ts';

const BAD_INPUT_STATUS = 2;

/** The platform of this run, from when it begins to start: what has begun has to be stopped. */
let platform: Promise<RunningPlatform> | null = null;
let stopping: Promise<void> | null = null;
let interrupted: Promise<void> | null = null;
for (const [signal, status] of [['SIGINT', 130] as const, ['SIGTERM', 143] as const])
  process.once(signal, () => {
    interrupted = stopPlatform().finally(() => process.exit(status));
  });

try {
  await evaluate(readOptions(process.argv.slice(2)));
  await stopPlatform();
} catch (error) {
  // Whatever fails when the platform is stopped under it is no news.
  if (interrupted !== null) await interrupted;
  await stopPlatform();
  if (!(error instanceof Error)) throw error;
  console.error(error.message);
  process.exit(error instanceof BadInput ? BAD_INPUT_STATUS : 1);
}
process.exit(0);

function stopPlatform(): Promise<void> {
  stopping ??= (async () => (await platform?.catch(() => null))?.stop())();
  return stopping;
}

async function evaluate({ paths, budgets, half, jsonFile, make, ...options }: EvalOptions): Promise<void> {
  const peers = await loadPeers(options.peers, say);
  const sets = readSets(
    paths.length > 0 ? paths : [make.heldOut ? makeHeldOutSet(make.seed, say) : makeDocumentationSet(make, say)],
  );
  // Written to at once: nobody should wait for minutes to hear that it cannot be.
  if (jsonFile !== null) write(jsonFile, '{}\n');
  const { answers: asksAnswers } = options;
  const run = { url: await platformUrl(), budgets, peers, half, answers: asksAnswers, say };
  const { figures, answers } = await runSets(sets, run);
  const summaries = summarize(figures);
  const answered = [...Map.groupBy(answers, ({ set }) => familyOf(set))].map(([family, own]) =>
    answerTable(family, summarizeAnswers(own)),
  );
  console.log([...summaries.map((summary) => tablesOf(summary, budgets)), ...answered].join('\n\n'));
  if (jsonFile !== null)
    write(jsonFile, `${JSON.stringify({ budgets, half, summaries, figures, answers }, null, 1)}\n`);
}

/** The platform that SUPERCONTEXT_URL names, or one of this run's own. */
async function platformUrl(): Promise<string> {
  const given = process.env.SUPERCONTEXT_URL;
  if (given !== undefined && given !== '') return given.replace(/\/(?:graphql\/?)?$/, '');
  say('starting a platform');
  // As people run it: with vectors where the weights are there.
  platform = runningPlatform({ SUPERCONTEXT_EMBEDDER: 'auto' });
  return (await platform).url;
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new BadInput(`${file}: cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
}

function say(line: string): void {
  console.error(line);
}
