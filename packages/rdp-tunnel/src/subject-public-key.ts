import { DerTag, openSequence } from './der.js';
import { RdpTunnelError } from './errors.js';

/**
 * What CredSSP binds itself to: the subjectPublicKey of a certificate, the content of its BIT STRING (RFC 5280 §4.1).
 * @param certificate DER, as it came in the TLS handshake.
 * @throws {RdpTunnelError} `malformed` when it is not a certificate
 */
export function subjectPublicKeyOf(certificate: Uint8Array): Uint8Array {
  const fields = openSequence(certificate).enter(DerTag.sequence);
  fields.optional(0, (version) => version.integer());
  fields.read(DerTag.integer); // serial number
  for (const _ of ['signature', 'issuer', 'validity', 'subject']) fields.read(DerTag.sequence);
  const keyInfo = fields.enter(DerTag.sequence);
  keyInfo.read(DerTag.sequence); // algorithm
  const [unusedBits, ...key] = keyInfo.read(DerTag.bitString);
  if (unusedBits !== 0 || key.length === 0)
    throw new RdpTunnelError('malformed', 'the certificate has no whole public key');
  return Uint8Array.from(key);
}
