// `npm run demo`: two million tokens in, streamed answers out, and what each turn cost. `-- PATH…` takes files of your own,
// `-- --exit` ends after the last answer.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createClient, ModelsDocument } from '@supercontext/client';
import { installedCorpus, ownCorpus } from './corpus.ts';
import { DemoSession } from './demo-session.ts';
import type { Platform } from './platform.ts';
import { ProgressBar } from './progress-bar.ts';
import { interruption, printUrls, startForPerson, untilAborted } from './terminal.ts';

const GOAL_TOKENS = 2_000_000;
/** About, for prose and code: a progress bar's guess. */
const BYTES_A_TOKEN = 4.3;
/** Enough files that the goal is reached whatever they are; feeding stops at the goal. */
const CORPUS_BYTES = GOAL_TOKENS * 8;

/** Their answers are in the files; nobody wrote them down here. */
const QUESTIONS = [
  'What is the default value of bodyLimit in Fastify?',
  'What does the batch function given to a DataLoader receive, and what must it return?',
  'What is the default log level of pino?',
];
const GENERAL_QUESTIONS = [
  'What are these files about?',
  'What are the main parts?',
  'What should a new reader know first?',
];

const DELTA = {
  path: 'notes/release-plan.md',
  text: 'Release plan: version 7 of the billing service is called Kingfisher. It ships on 3 March and is led by Amara Okafor.\n',
};
const DELTA_QUESTION = 'Who leads the release called Kingfisher?';

/** Told in one line: what is wrong is not this program. */
class NothingToFeed extends Error {}

const { values, positionals: paths } = parseArgs({
  options: { exit: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const interrupted = interruption();
const platform = await startForPerson(
  interrupted,
  'starting five processes: store, compression, context, reasoning, gateway …',
);

const finished = show(platform).then(
  () => true,
  (error: unknown) => {
    if (!interrupted.aborted) console.error(error instanceof NothingToFeed ? error.message : error);
    return interrupted.aborted;
  },
);
const succeeded = await Promise.race([finished, untilAborted(interrupted).then(() => true)]);
if (succeeded && !values.exit && !interrupted.aborted) {
  await Promise.race([printUrls(platform), untilAborted(interrupted)]);
  await untilAborted(interrupted);
}
await platform.stop();
process.exit(succeeded ? 0 : 1);

async function show({ url }: Platform): Promise<void> {
  const client = createClient({ url });
  const session = await DemoSession.open(
    client,
    paths.length === 0 ? 'everything under node_modules' : paths.join(', '),
  );

  console.log(
    `\nfeeding ${paths.length === 0 ? 'documentation and source from node_modules' : paths.join(', ')} into ${session.id}`,
  );
  const files =
    paths.length === 0
      ? installedCorpus(join(import.meta.dirname, '..', 'node_modules'), CORPUS_BYTES)
      : [...ownCorpus(paths, ({ path, why }) => console.log(`  left out ${path}: ${why}`))];
  const progress = new ProgressBar(
    Array.isArray(files) ? files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / BYTES_A_TOKEN : GOAL_TOKENS,
  );
  const bytes = await session.feed(
    files,
    (tokens) => progress.add(tokens),
    () => paths.length === 0 && progress.tokens >= GOAL_TOKENS,
  );
  const seconds = progress.end();
  console.log(
    `  ${progress.tokens.toLocaleString('en')} tokens (${(bytes / 1e6).toFixed(1)} MB), durable and searchable after ${seconds.toFixed(1)} s; compression goes on behind`,
  );
  if (progress.tokens === 0) throw new NothingToFeed('there was no text to feed: nothing to ask about');

  // Over the socket that the questions use, so that no turn pays for opening it.
  const { models } = await client.query(ModelsDocument, {}, { via: 'socket' });
  console.log(`  answers come from ${models[0]?.id} (${models[0]?.engine}, ${models[0]?.provider})`);
  for (const question of paths.length === 0 ? QUESTIONS : GENERAL_QUESTIONS) await session.ask(question);

  console.log(`appending one small delta (${Buffer.byteLength(DELTA.text)} bytes), then asking about it`);
  const cost = await session.appendOne(DELTA);
  console.log(
    `  acknowledged in ${cost.ms.toFixed(1)} ms, ${cost.bytesUp} bytes up: a turn, not a session of ${progress.tokens.toLocaleString('en')} tokens`,
  );
  await session.ask(DELTA_QUESTION);
  await client.close();
}
