import { createHash, timingSafeEqual, type X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, type TLSSocket } from 'node:tls';
import { ConsoleError, type TlsSettings } from '@remote-consoles/core';
import { subjectCheck } from './certificate-subject.js';

/**
 * Options of `tls.connect` that check the hypervisor as the settings say. A pinned certificate is not checked by a CA
 * but by {@link assertPinned}, before the first byte.
 *
 * @param host what was dialled: the name that the certificate must have unless the settings name another
 * @throws ConsoleError `console-refused` where there is no name to check
 */
export function tlsOptions(tls: TlsSettings, host: string | undefined): ConnectionOptions {
  const name = tls.serverName ?? host;
  const { trust, identity, subject } = tls;
  if (name === undefined && subject === undefined && trust.kind !== 'pin') {
    throw new ConsoleError(
      'console-refused',
      'the console needs TLS and no server name is configured for it',
    );
  }
  return {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: trust.kind !== 'pin',
    ...(trust.kind === 'ca' && { ca: trust.ca }),
    ...(identity && { cert: identity.certificate, key: identity.key.reveal() }),
    // An address cannot be sent as a server name (RFC 6066 §3), but it is checked all the same.
    ...(name !== undefined && isIP(name) === 0 && { servername: name }),
    ...(name !== undefined && {
      checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
    }),
    ...(subject !== undefined && { checkServerIdentity: subjectCheck(subject) }),
  };
}

/** @throws ConsoleError `console-refused` if a pin is configured and the peer's certificate is another */
export function assertPinned(socket: TLSSocket, tls: TlsSettings): void {
  if (tls.trust.kind === 'pin') assertPinnedCertificate(socket.getPeerX509Certificate(), tls);
}

/** @throws ConsoleError `console-refused` if a pin is configured and this is not its certificate */
export function assertPinnedCertificate(
  certificate: X509Certificate | undefined,
  { trust }: TlsSettings,
): void {
  if (trust.kind !== 'pin') return;
  const wanted = Buffer.from(trust.fingerprint.replaceAll(':', ''), 'hex');
  const found = certificate ? createHash(trust.algorithm).update(certificate.raw).digest() : Buffer.alloc(0);
  if (wanted.length === found.length && timingSafeEqual(wanted, found)) return;
  throw new ConsoleError('console-refused', 'the certificate of the console is not the pinned one', {
    cause: certificate && new OtherCertificate(certificate),
  });
}

/** What a peer showed instead of the pinned certificate: an operator is told, a viewer is not. */
export class OtherCertificate extends Error {
  override readonly name = 'OtherCertificate';
  readonly certificate: X509Certificate;

  constructor(certificate: X509Certificate) {
    super('another certificate');
    this.certificate = certificate;
  }
}
