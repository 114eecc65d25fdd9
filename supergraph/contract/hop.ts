/** One step of a turn in one stage, as it comes back in `extensions.hops` and in `generation { hops }`. No text of a prompt or fragment. */
export interface Hop {
  /** The stage: gateway, context, store, compression or reasoning. */
  readonly stage: string;
  readonly version: string;
  /** What was done, a verb and its object: `assemble-working-set`. */
  readonly name: string;
  /** Wall-clock start, milliseconds since 1970. Clocks of machines differ: order within a stage only. */
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly shard?: string;
  readonly tokens?: number;
  readonly sizeBytes?: number;
  readonly cacheHit?: boolean;
}
