export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Where a command writes: lines of its result, and chunks of an answer as they arrive. */
export interface Output {
  write(text: string): void;
  line(text?: string): void;
  /** A line about what is going on, not part of the result. */
  note(text: string): void;
  paint(style: Style, text: string): string;
}
