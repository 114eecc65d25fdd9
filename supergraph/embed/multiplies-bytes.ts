import { readFileSync } from 'node:fs';

/** Instructions that add up four products of bytes in 32 bits. */
const PRODUCTS_OF_BYTES = /\b(avx512_vnni|avx_vnni)\b/;

/** Whether this machine multiplies bytes without an overflow; false where that cannot be told. */
export function multipliesBytes(): boolean {
  if (process.arch !== 'x64') return true;
  try {
    return PRODUCTS_OF_BYTES.test(readFileSync('/proc/cpuinfo', 'utf8'));
  } catch {
    return false;
  }
}
