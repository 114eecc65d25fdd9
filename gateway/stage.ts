import type { Stage } from '@supercontext/runtime/stage.ts';
import manifest from './package.json' with { type: 'json' };

export const GATEWAY: Stage = { name: 'gateway', version: manifest.version };
