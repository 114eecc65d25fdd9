import { ConfigError } from '@supercontext/runtime/config.ts';
import { runMain } from '@supercontext/runtime/run-main.ts';
import { startTelemetry } from '@supercontext/runtime/telemetry/start.ts';
import { readReasoningConfig } from './config.ts';
import { STAGE, startReasoning } from './start.ts';

try {
  const config = readReasoningConfig();
  const stopTelemetry = startTelemetry(STAGE, config.otlpEndpoint);
  await runMain(STAGE, config.logLevel, async (log) => {
    const reasoning = await startReasoning({ ...config, log });
    return {
      url: reasoning.url,
      stop: async () => {
        await reasoning.stop();
        await stopTelemetry();
      },
    };
  });
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  for (const fault of error.faults) console.error(fault);
  process.exit(1);
}
