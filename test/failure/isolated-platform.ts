import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { codesOf } from '../support/acknowledged.ts';
import { runningPlatform } from '../support/running-platform.ts';
import { SteadyWork } from '../support/steady-work.ts';

// A platform with its client, to be run in a network of its own: it appends until its standard input says `check`, and writes a line
// for each acknowledgement, then one of what became of all it was promised.
const environment = JSON.parse(process.argv[2] as string) as Record<string, string>;
const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`);
const platform = await runningPlatform(environment);
const work = await SteadyWork.open(platform.url, 'isolated', 3);
let isOver = false;
const writing = Promise.all(
  work.sessions.map(async (session) => {
    while (!isOver) {
      const begunAtMs = Date.now();
      await session.append();
      say({ begunAtMs, acknowledgedAtMs: Date.now() });
      await sleep(20);
    }
  }),
);
say({ isReady: true });
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'check') break;
}
isOver = true;
const fault = await writing
  .then(() => Promise.all(work.sessions.map((session) => session.check())))
  .then(
    () => null,
    (error: Error) => error.message,
  );
const acknowledged = work.sessions.reduce((sum, session) => sum + session.acknowledged, 0);
say({ isChecked: true, fault, acknowledged, refusals: codesOf(work.caller.refusals) });
await work.close();
await platform.stop();
process.exit(0);
