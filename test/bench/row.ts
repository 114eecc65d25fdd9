/** One line of the results table: a figure of ours beside a peer's, measured in the same run. */
export interface BenchRow {
  readonly name: string;
  readonly ours: number;
  readonly peer: number;
  readonly unit: string;
  readonly ratio: number;
  /** The goal in words, as in `>= 0.8`. */
  readonly goal: string;
  readonly met: boolean;
  readonly note?: string;
}
