import type { Embedder } from '@supercontext/embed/embedder.ts';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import type { StoreConfig } from './config.ts';

export interface StoreOptions extends StoreConfig {
  /** For tests: embedders by the names of their vectors, the first the one the platform is set to; else those of the configuration. */
  readonly embedders?: readonly Embedder[];
  readonly log: Logger;
}
