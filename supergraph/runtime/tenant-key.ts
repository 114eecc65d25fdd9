/** How a key of bytes is written that are no text, as one that was kept in a file. */
const IN_HEX = /^hex:((?:[0-9a-f]{2})+)$/;

/** The key that SUPERCONTEXT_TENANT_KEY stands for: its text, or after `hex:` the bytes that it spells. */
export function tenantKeyBytes(setting: string): Buffer {
  const spelt = IN_HEX.exec(setting)?.[1];
  return spelt === undefined ? Buffer.from(setting, 'utf8') : Buffer.from(spelt, 'hex');
}
