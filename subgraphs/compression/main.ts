import { ConfigError } from '@supercontext/runtime/config.ts';
import { runMain } from '@supercontext/runtime/run-main.ts';
import { startTelemetry } from '@supercontext/runtime/telemetry/start.ts';
import { readCompressionConfig } from './config.ts';
import { STAGE } from './stage.ts';
import { startCompression } from './start.ts';

try {
  const config = readCompressionConfig();
  const stopTelemetry = startTelemetry(STAGE, config.otlpEndpoint);
  await runMain(STAGE, config.logLevel, async (log) => {
    const compression = await startCompression({ ...config, log });
    return {
      url: compression.url,
      stop: async () => {
        await compression.stop();
        await stopTelemetry();
      },
    };
  });
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  for (const fault of error.faults) console.error(fault);
  process.exit(1);
}
