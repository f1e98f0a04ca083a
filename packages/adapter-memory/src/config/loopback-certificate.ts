import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { TlsIdentity } from './tls-identity.js';

const SERVER_NAME = 'localhost';
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * A certificate for `localhost` and 127.0.0.1 that signs itself, made in this process and gone with it: enough to try
 * VeNCrypt without any file. Node can read X.509 certificates but not write them, so the few ASN.1 values are here
 * (RFC 5280 §4.1).
 *
 * @param now ms since the epoch; valid from a day before to a year after
 */
export function loopbackCertificate(now: number): TlsIdentity {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(set(sequence(OID_COMMON_NAME, tag(0x0c, Buffer.from(SERVER_NAME)))));
  const content = sequence(
    tag(0xa0, integer(Buffer.of(2))),
    integer(Buffer.concat([Buffer.of(1), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    name,
    sequence(utcTime(now - DAY_MS), utcTime(now + 365 * DAY_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tag(0xa3, sequence(subjectAlternativeName())),
  );
  const signature = sign('sha256', content, privateKey);
  const certificate = sequence(
    content,
    ECDSA_WITH_SHA256,
    tag(0x03, Buffer.concat([Buffer.of(0), signature])),
  );
  const cert = pem(certificate);
  return {
    cert,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    trust: { kind: 'ca', ca: cert },
    serverName: SERVER_NAME,
  };
}

/** Object identifiers, already in DER: ecdsa-with-SHA256, commonName, subjectAltName. */
const ECDSA_WITH_SHA256 = sequence(tag(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
const OID_COMMON_NAME = tag(0x06, Buffer.from('550403', 'hex'));
const OID_SUBJECT_ALT_NAME = tag(0x06, Buffer.from('551d11', 'hex'));

function subjectAlternativeName(): Buffer {
  const names = sequence(tag(0x82, Buffer.from(SERVER_NAME)), tag(0x87, Buffer.of(127, 0, 0, 1)));
  return sequence(OID_SUBJECT_ALT_NAME, tag(0x04, names));
}

function utcTime(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\D/g, '').slice(2, 14);
  return tag(0x17, Buffer.from(`${digits}Z`));
}

function integer(bytes: Buffer): Buffer {
  return tag(0x02, bytes);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tag(0x30, Buffer.concat(parts));
}

function set(...parts: readonly Buffer[]): Buffer {
  return tag(0x31, Buffer.concat(parts));
}

/** One DER value; everything here is shorter than 64 KiB. */
function tag(type: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(type, length), content]);
  if (length < 0x100) return Buffer.concat([Buffer.of(type, 0x81, length), content]);
  return Buffer.concat([Buffer.of(type, 0x82, length >> 8, length & 0xff), content]);
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
