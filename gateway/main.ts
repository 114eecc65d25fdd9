import { ConfigError } from '@supercontext/runtime/config.ts';
import { runMain } from '@supercontext/runtime/run-main.ts';
import { startTelemetry } from '@supercontext/runtime/telemetry/start.ts';
import { gatewayConfig } from './config.ts';
import { GATEWAY } from './stage.ts';
import { startGateway } from './start-gateway.ts';

try {
  const config = gatewayConfig();
  const stopTelemetry = startTelemetry(GATEWAY, config.otlpEndpoint);
  await runMain(GATEWAY, config.logLevel, async (log) => {
    const running = await startGateway(config, log);
    return {
      url: running.url,
      stop: async () => {
        await running.stop();
        await stopTelemetry();
      },
    };
  });
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  for (const fault of error.faults) console.error(fault);
  process.exit(1);
}
