// `npm run test:soak -- MINUTES [SEED]`: the random run of test/failure/redis-random.test.ts for as long as is asked.
import { randomRun } from './support/random-run.ts';
import { whyNoRedis } from './support/redis-cluster.ts';

const LEEWAY_MS = 10_000;

const [minutes = '30', given] = process.argv.slice(2);
const seed = Number(given ?? Date.now() % 1_000_000);
const why = whyNoRedis();
if (!(Number(minutes) > 0) || !Number.isInteger(seed) || why !== null) {
  console.error(why ?? 'usage: npm run test:soak -- MINUTES [SEED]');
  process.exit(2);
}
console.log(`seed ${seed}, ${minutes} minutes`);
try {
  const run = await randomRun({
    ...{ seed, durationMs: Number(minutes) * 60_000, leewayMs: LEEWAY_MS },
    onFault: (name, backMs) => console.log(`${new Date().toISOString()} ${name}: all served again after ${backMs} ms`),
  });
  console.log(JSON.stringify(run));
  process.exit(0);
} catch (error) {
  console.error(`seed ${seed}: ${error instanceof Error ? error.stack : String(error)}`);
  process.exit(1);
}
