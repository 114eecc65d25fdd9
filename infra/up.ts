// `npm start`: the whole platform on this machine, until Ctrl-C.
import { launcherConfig } from './config.ts';
import { type Platform, startPlatform } from './platform.ts';
import { printUrls, untilInterrupted } from './terminal.ts';

const config = launcherConfig();
let platform: Platform;
try {
  platform = await startPlatform({
    dataFolder: config.dataFolder,
    ports: config,
    onEvent: (event) => {
      if (event.type === 'died') console.log(`${event.stage} died (${event.how}); starting it again`);
    },
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
await printUrls(platform);
await untilInterrupted();
await platform.stop();
process.exit(0);
