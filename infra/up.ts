// `npm start`: the whole platform on this machine, until Ctrl-C.
import { launcherConfig } from './config.ts';
import { type Platform, startPlatform } from './platform.ts';
import { interruption, printUrls, untilAborted } from './terminal.ts';

const interrupted = interruption();
const config = launcherConfig();
let platform: Platform;
try {
  platform = await startPlatform({
    dataFolder: config.dataFolder,
    ports: config,
    signal: interrupted,
    onEvent: (event) => {
      if (event.type === 'died' && !interrupted.aborted)
        console.log(`${event.stage} died (${event.how}); starting it again`);
    },
  });
} catch (error) {
  if (interrupted.aborted) process.exit(0);
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
await Promise.race([printUrls(platform), untilAborted(interrupted)]);
await untilAborted(interrupted);
await platform.stop();
process.exit(0);
