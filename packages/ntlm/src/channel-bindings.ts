import { createHash } from 'node:crypto';
import { concatBytes } from './concat-bytes.js';
import { NtlmError } from './errors.js';

type Hash = 'sha224' | 'sha256' | 'sha384' | 'sha512';

/** Ends of the signature OIDs that name a hash stronger than SHA-1, in hex. */
const hashBySignature: ReadonlyArray<readonly [oid: string, hash: Hash]> = [
  ['2a864886f70d01010c', 'sha384'],
  ['2a864886f70d01010d', 'sha512'],
  ['2a864886f70d01010e', 'sha224'],
  ['2a8648ce3d040301', 'sha224'],
  ['2a8648ce3d040303', 'sha384'],
  ['2a8648ce3d040304', 'sha512'],
];

const rsaPss = '2a864886f70d01010a';
const hashByOid: ReadonlyArray<readonly [oid: string, hash: Hash]> = [
  ['608648016503040202', 'sha384'],
  ['608648016503040203', 'sha512'],
  ['608648016503040204', 'sha224'],
];

/**
 * AV pair 10 for a TLS channel: MD5 of the GSS channel bindings whose application data is `tls-server-end-point:` and
 * the hash of the server's certificate (RFC 5929 §4, RFC 4121 §4.1.1.2, MS-NLMP §2.2.2.1).
 * @param certificate The server's certificate, DER, as it came in the handshake.
 * @throws {NtlmError} `malformed` when it is not a certificate
 */
export function tlsServerEndPointBindings(certificate: Uint8Array): Uint8Array {
  const hash = createHash(certificateHash(certificate)).update(certificate).digest();
  return hashBindings(concatBytes(new TextEncoder().encode('tls-server-end-point:'), hash));
}

/** MD5 of GSS channel bindings without addresses: two types, two empty addresses, length and data. */
export function hashBindings(data: Uint8Array): Uint8Array {
  const head = new Uint8Array(20);
  new DataView(head.buffer).setUint32(16, data.length, true);
  return Uint8Array.from(createHash('md5').update(head).update(data).digest());
}

/** The hash of the certificate's own signature; SHA-256 for MD5, SHA-1 and where none is named (RFC 5929 §4.1). */
function certificateHash(certificate: Uint8Array): Hash {
  const [whole] = elements(certificate);
  const [, algorithm] = elements(whole);
  const [oid, parameters] = elements(algorithm);
  if (!oid) throw new NtlmError('malformed', 'not a certificate');
  const signature = hex(oid);
  if (signature !== rsaPss) return hashBySignature.find(([known]) => known === signature)?.[1] ?? 'sha256';
  const [first] = elements(parameters);
  const [hashAlgorithm] = elements(first);
  const [hashOid] = elements(hashAlgorithm);
  return hashByOid.find(([known]) => known === hex(hashOid))?.[1] ?? 'sha256';
}

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');

/** Contents of the first elements in a row of DER; no more than two are ever looked at. */
function elements(der: Uint8Array | undefined): Uint8Array[] {
  const found: Uint8Array[] = [];
  let rest = der ?? new Uint8Array(0);
  while (rest.length > 0 && found.length < 2) {
    const { start, end } = extent(rest);
    if (end > rest.length) throw new NtlmError('malformed', 'the certificate is not DER');
    found.push(rest.subarray(start, end));
    rest = rest.subarray(end);
  }
  return found;
}

function extent(der: Uint8Array): { readonly start: number; readonly end: number } {
  const first = der[1] ?? 0xff;
  if (first < 0x80) return { start: 2, end: 2 + first };
  const count = first & 0x7f;
  if (count < 1 || count > 3) throw new NtlmError('malformed', 'the certificate is not DER');
  let length = 0;
  for (let i = 0; i < count; i++) length = length * 256 + (der[2 + i] ?? 0);
  return { start: 2 + count, end: 2 + count + length };
}
