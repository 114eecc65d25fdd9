import { runMain } from '@supercontext/runtime/process/run-main.ts';
import { gatewayConfig } from './config.ts';
import { GATEWAY } from './stage.ts';
import { startGateway } from './start-gateway.ts';

await runMain(GATEWAY, gatewayConfig, startGateway);
