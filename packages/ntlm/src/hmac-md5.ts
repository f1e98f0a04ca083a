import { createHmac } from 'node:crypto';

/** HMAC-MD5 (RFC 2104) over the parts in a row. */
export function hmacMd5(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const mac = createHmac('md5', key);
  for (const part of parts) mac.update(part);
  return Uint8Array.from(mac.digest());
}
