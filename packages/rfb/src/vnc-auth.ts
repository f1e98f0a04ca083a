import { createCipheriv, timingSafeEqual } from 'node:crypto';

/** Length of challenge and response in bytes (RFC 6143 §7.2.2). */
export const CHALLENGE_LENGTH = 16;

const PASSWORD_LENGTH = 8;

/**
 * The answer to a VNC challenge: the challenge encrypted by DES with the password as key (RFC 6143 §7.2.2).
 * Only the first 8 bytes of the password count.
 */
export function vncAuthResponse(password: string, challenge: Uint8Array): Uint8Array {
  const key = desKey(password);
  // OpenSSL 3 may lack single DES; triple DES with one key three times is the same cipher.
  const cipher = createCipheriv('des-ede3-ecb', Buffer.concat([key, key, key]), null).setAutoPadding(false);
  return new Uint8Array(Buffer.concat([cipher.update(challenge), cipher.final()]));
}

/** Whether a response answers the challenge; takes the same time whichever byte is wrong. */
export function isVncAuthResponse(password: string, challenge: Uint8Array, response: Uint8Array): boolean {
  return (
    response.length === CHALLENGE_LENGTH && timingSafeEqual(vncAuthResponse(password, challenge), response)
  );
}

/** VNC uses the bits of each key byte in reverse order. */
function desKey(password: string): Uint8Array {
  const key = new Uint8Array(PASSWORD_LENGTH);
  key.set(new TextEncoder().encode(password).subarray(0, PASSWORD_LENGTH));
  return key.map(reverseBits);
}

function reverseBits(byte: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 8; bit++) reversed |= ((byte >> bit) & 1) << (7 - bit);
  return reversed;
}
