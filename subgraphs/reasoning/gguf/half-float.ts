/** Every 16-bit float as a number, by its bits: a table is faster than arithmetic for millions of block scales. */
const VALUES = new Float32Array(65_536);
for (let bits = 0; bits < 65_536; bits++) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) VALUES[bits] = sign * fraction * 2 ** -24;
  else if (exponent === 31) VALUES[bits] = fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  else VALUES[bits] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

export function halfToNumber(bits: number): number {
  return VALUES[bits & 0xffff] ?? 0;
}
