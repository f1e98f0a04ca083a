import { X509Certificate } from 'node:crypto';
import type { TlsTrust } from '@remote-consoles/core';
import {
  type CertificateFingerprint,
  fingerprintOf,
  parseFingerprint,
} from '../vim/certificate-fingerprint.js';
import type { ConsoleTicket } from '../vim/console-ticket.js';

/** All fingerprints of the host's certificate that a ticket tells, by algorithm. */
export type TicketFingerprints = Readonly<
  Partial<Record<CertificateFingerprint['algorithm'], CertificateFingerprint>>
>;

/** The fingerprints that a ticket tells; from the certificate itself where it has that. */
export function ticketFingerprints(ticket: ConsoleTicket): TicketFingerprints {
  const certificate = parseCertificate(ticket.sslCertificate);
  if (certificate) {
    return { sha256: fingerprintOf('sha256', certificate.raw), sha1: fingerprintOf('sha1', certificate.raw) };
  }
  const sha256 = listed(ticket, 'sha256');
  const sha1 = parseFingerprint('sha1', ticket.sslThumbprint ?? '') ?? listed(ticket, 'sha1');
  return { ...(sha256 && { sha256 }), ...(sha1 && { sha1 }) };
}

/** The best pin of a ticket; the operator's own trust where it has none; undefined where there is neither. */
export function ticketTrust(
  prints: TicketFingerprints,
  otherwise: TlsTrust | undefined,
): TlsTrust | undefined {
  const best = prints.sha256 ?? prints.sha1;
  return best ? { kind: 'pin', ...best } : otherwise;
}

function listed(ticket: ConsoleTicket, algorithm: CertificateFingerprint['algorithm']) {
  for (const entry of ticket.thumbprints) {
    // Written `sha256`, `SHA-256` or not at all; the length says it as well.
    const named = entry.algorithm.replace(/[^a-z0-9]/gi, '').toLowerCase();
    const parsed = parseFingerprint(algorithm, entry.thumbprint);
    if (parsed && (named === '' || named === algorithm)) return parsed;
  }
  return undefined;
}

function parseCertificate(pem: string | undefined): X509Certificate | undefined {
  if (pem === undefined) return undefined;
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
