import { existsSync } from 'node:fs';
import { arch } from 'node:process';

const TRIPLE = arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
const LIBRARY = `/usr/lib/${TRIPLE}/faketime/libfaketimeMT.so.1`;

/** Why programs cannot be given another clock; null when they can. */
export function whyNoFakeTime(): string | null {
  return existsSync(LIBRARY) ? null : 'faketime is not installed';
}

/** Of a program whose clock is so many seconds ahead, or behind; what it measures intervals by is the machine's. */
export function clockEnvironment(shiftSeconds: number): Record<string, string> {
  const shift = `${shiftSeconds < 0 ? '' : '+'}${shiftSeconds}s`;
  return { LD_PRELOAD: LIBRARY, FAKETIME: shift, FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1' };
}
