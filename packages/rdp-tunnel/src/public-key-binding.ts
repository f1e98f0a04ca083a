import { createHash } from 'node:crypto';

/** The first CredSSP version whose binding a man in the middle cannot replay (CVE-2018-0886). */
export const firstNonceVersion = 5;

/** Length of the client's nonce, in bytes. */
export const nonceLength = 32;

/** What a side seals to say which TLS key it sees (MS-CSSP §3.1.5, pubKeyAuth). */
export interface PublicKeyBinding {
  readonly fromClient: Uint8Array;
  readonly fromServer: Uint8Array;
}

/** From version 5: hashes over a nonce and the key. */
export function hashedBinding(subjectPublicKey: Uint8Array, nonce: Uint8Array): PublicKeyBinding {
  const hash = (magic: string): Uint8Array =>
    Uint8Array.from(
      createHash('sha256').update(`${magic}\0`, 'latin1').update(nonce).update(subjectPublicKey).digest(),
    );
  return {
    fromClient: hash('CredSSP Client-To-Server Binding Hash'),
    fromServer: hash('CredSSP Server-To-Client Binding Hash'),
  };
}

/** Before version 5: the key itself, and back the key with its first byte one higher. */
export function plainBinding(subjectPublicKey: Uint8Array): PublicKeyBinding {
  const answer = subjectPublicKey.slice();
  answer[0] = (answer[0] ?? 0) + 1;
  return { fromClient: subjectPublicKey, fromServer: answer };
}
