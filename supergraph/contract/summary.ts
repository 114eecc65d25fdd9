import type { Tokens } from './units.ts';

/** The name and version of the method that made a derived thing. */
export interface StageVersion {
  readonly name: string;
  readonly version: number;
}

/** A node of a session's summary tree. Derived: it can always be made again from the log. */
export interface Summary {
  readonly contractVersion: number;
  readonly id: string;
  /** 0 covers fragments, n covers nodes of level n - 1. */
  readonly level: number;
  /** First and last log position covered, both included. */
  readonly from: number;
  readonly through: number;
  /** Ids of the fragments (level 0) or nodes covered, in order. */
  readonly children: readonly string[];
  readonly text: string;
  readonly tokens: Tokens;
  readonly tokenizer: string;
  readonly method: StageVersion;
  /** Share of numbers, names and negations of the original that survived, 0-1. */
  readonly fidelity: number;
}
