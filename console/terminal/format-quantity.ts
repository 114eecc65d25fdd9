export function formatCount(value: number): string {
  return value.toLocaleString('en');
}

export function formatSeconds(durationMs: number | null): string {
  return durationMs === null ? '-' : `${(durationMs / 1_000).toFixed(2)} s`;
}

export function formatBytes(sizeBytes: number): string {
  if (sizeBytes < 1_024) return `${sizeBytes} B`;
  if (sizeBytes < 1_048_576) return `${(sizeBytes / 1_024).toFixed(1)} KiB`;
  return `${(sizeBytes / 1_048_576).toFixed(1)} MiB`;
}
