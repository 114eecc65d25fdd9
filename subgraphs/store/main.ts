import { ConfigError } from '@supercontext/runtime/config.ts';
import { runMain } from '@supercontext/runtime/run-main.ts';
import { startTelemetry } from '@supercontext/runtime/telemetry/start.ts';
import { readStoreConfig } from './config.ts';
import { STAGE, startStore } from './start.ts';

try {
  const config = readStoreConfig();
  const stopTelemetry = startTelemetry(STAGE, config.otlpEndpoint);
  await runMain(STAGE, config.logLevel, async (log) => {
    const store = await startStore({ ...config, log });
    return {
      url: store.url,
      stop: async () => {
        await store.stop();
        await stopTelemetry();
      },
    };
  });
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  for (const fault of error.faults) console.error(fault);
  process.exit(1);
}
