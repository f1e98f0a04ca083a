import { hmacMd5 } from './hmac-md5.js';
import { md4 } from './md4.js';
import { encodeUtf16le } from './utf16le.js';

/** NTOWFv1, what Windows keeps in place of a password (MS-NLMP §3.3.1). As secret as the password. */
export function ntHash(password: string): Uint8Array {
  const bytes = encodeUtf16le(password);
  const hash = md4(bytes);
  bytes.fill(0);
  return hash;
}

/** NTOWFv2: the NT hash bound to one account (MS-NLMP §3.3.2). */
export function ntowfV2(hash: Uint8Array, user: string, domain: string): Uint8Array {
  return hmacMd5(hash, encodeUtf16le(upperCase(user) + domain));
}

/** Windows upper-cases unit by unit, so `ß` stays `ß` where JavaScript makes it `SS`. */
function upperCase(text: string): string {
  let result = '';
  for (let i = 0; i < text.length; i++) {
    const unit = text.charAt(i);
    const upper = unit.toUpperCase();
    result += upper.length === 1 ? upper : unit;
  }
  return result;
}
