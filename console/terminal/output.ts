export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Lines to one of the two streams, painted where it is a terminal. */
export interface Lines {
  line(text?: string): void;
  paint(style: Style, text: string): string;
}

/** Where a command writes: lines of its result, and chunks of an answer as they arrive. */
export interface Output extends Lines {
  write(text: string): void;
  /** What is told beside the result: what an answer rests on, and what it cost. */
  readonly report: Lines;
  /** A line about what is going on, not part of the result. */
  note(text: string): void;
}
