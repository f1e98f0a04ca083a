import { createHash, timingSafeEqual } from 'node:crypto';
import { concatBytes } from './concat-bytes.js';
import { NtlmError } from './errors.js';
import { hmacMd5 } from './hmac-md5.js';
import { Rc4 } from './rc4.js';

/** Length of the signature in front of a sealed message, in bytes. */
export const signatureLength = 16;

type Direction = 'client-to-server' | 'server-to-client';

/** SIGNKEY and SEALKEY with extended session security and 128 bits (MS-NLMP §3.4.5.2, §3.4.5.3). */
function deriveKey(
  exportedKey: Uint8Array,
  direction: Direction,
  purpose: 'signing' | 'sealing',
): Uint8Array {
  const magic = `session key to ${direction} ${purpose} key magic constant\0`;
  return Uint8Array.from(createHash('md5').update(exportedKey).update(magic, 'latin1').digest());
}

/** One direction: a signing key, a key stream that never starts again, and a count of messages. */
class Channel {
  readonly #signingKey: Uint8Array;
  readonly #stream: Rc4;
  #sequence = 0;

  constructor(exportedKey: Uint8Array, direction: Direction) {
    this.#signingKey = deriveKey(exportedKey, direction, 'signing');
    const sealingKey = deriveKey(exportedKey, direction, 'sealing');
    this.#stream = new Rc4(sealingKey);
    sealingKey.fill(0);
  }

  crypt(bytes: Uint8Array): Uint8Array {
    return this.#stream.apply(bytes);
  }

  /** MAC with extended session security and key exchange (MS-NLMP §3.4.4.2). */
  sign(message: Uint8Array): Uint8Array {
    const signature = new Uint8Array(signatureLength);
    const view = new DataView(signature.buffer);
    view.setUint32(0, 1, true);
    view.setUint32(12, this.#sequence, true);
    const checksum = hmacMd5(this.#signingKey, signature.subarray(12), message).subarray(0, 8);
    signature.set(this.#stream.apply(checksum), 4);
    this.#sequence = (this.#sequence + 1) >>> 0;
    return signature;
  }

  wipe(): void {
    this.#signingKey.fill(0);
    this.#stream.wipe();
  }
}

/**
 * Signed and sealed messages after an NTLM exchange (MS-NLMP §3.4). Messages must be opened in the order in which
 * they were sealed; one that fails ends the session, since the key streams have parted.
 */
export class NtlmSession {
  readonly #outgoing: Channel;
  readonly #incoming: Channel;
  #open = true;

  /** Derives its own keys; the caller may wipe `exportedKey` (16 bytes) after it. */
  constructor(exportedKey: Uint8Array, side: 'client' | 'server') {
    const [out, back]: [Direction, Direction] =
      side === 'client' ? ['client-to-server', 'server-to-client'] : ['server-to-client', 'client-to-server'];
    this.#outgoing = new Channel(exportedKey, out);
    this.#incoming = new Channel(exportedKey, back);
  }

  /**
   * Signature (16 bytes) and encrypted message.
   * @throws {NtlmError} `wrong-state` on a wiped session
   */
  seal(message: Uint8Array): Uint8Array {
    this.#requireOpen();
    const sealed = this.#outgoing.crypt(message);
    return concatBytes(this.#outgoing.sign(message), sealed);
  }

  /**
   * The message in what the peer's `seal` made.
   * @throws {NtlmError} `bad-signature`, and the session is wiped; `wrong-state` on a wiped session
   */
  unseal(sealed: Uint8Array): Uint8Array {
    this.#requireOpen();
    const message = this.#incoming.crypt(sealed.subarray(signatureLength));
    this.#requireSignature(message, sealed.subarray(0, signatureLength));
    return message;
  }

  /**
   * The signature (16 bytes) of a message that travels in the clear.
   * @throws {NtlmError} `wrong-state` on a wiped session
   */
  sign(message: Uint8Array): Uint8Array {
    this.#requireOpen();
    return this.#outgoing.sign(message);
  }

  /** @throws {NtlmError} `bad-signature`, and the session is wiped; `wrong-state` on a wiped session */
  verify(message: Uint8Array, signature: Uint8Array): void {
    this.#requireOpen();
    this.#requireSignature(message, signature);
  }

  /** Zeroes every key. The session is of no use after it. */
  wipe(): void {
    this.#open = false;
    this.#outgoing.wipe();
    this.#incoming.wipe();
  }

  #requireOpen(): void {
    if (!this.#open) throw new NtlmError('wrong-state', 'the NTLM session was wiped');
  }

  #requireSignature(message: Uint8Array, signature: Uint8Array): void {
    const expected = this.#incoming.sign(message);
    if (signature.length === signatureLength && timingSafeEqual(signature, expected)) return;
    this.wipe();
    throw new NtlmError('bad-signature', 'an NTLM message was changed, repeated or lost on its way');
  }
}
