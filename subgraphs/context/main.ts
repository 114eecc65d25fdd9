import { ConfigError } from '@supercontext/runtime/config.ts';
import { runMain } from '@supercontext/runtime/run-main.ts';
import { startTelemetry } from '@supercontext/runtime/telemetry/start.ts';
import { readContextConfig } from './config.ts';
import { STAGE, startContext } from './start.ts';

try {
  const config = readContextConfig();
  const stopTelemetry = startTelemetry(STAGE, config.otlpEndpoint);
  await runMain(STAGE, config.logLevel, async (log) => {
    const context = await startContext({ ...config, log });
    return {
      url: context.url,
      stop: async () => {
        await context.stop();
        await stopTelemetry();
      },
    };
  });
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  for (const fault of error.faults) console.error(fault);
  process.exit(1);
}
