export interface ProcessEntry {
  readonly parent: number;
  readonly startTicks: number;
}

export function readProcess(pid: number): ProcessEntry | null;
export function isThere(pid: number): boolean;
