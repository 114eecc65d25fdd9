import type { Stage } from '@supercontext/runtime/stage.ts';
import packageFile from './package.json' with { type: 'json' };

export const STAGE: Stage = { name: 'store', version: packageFile.version };
