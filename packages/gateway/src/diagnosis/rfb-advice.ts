import { causesOf, type LegResult, printable } from '@remote-consoles/core';
import { RfbError, type RfbErrorCode } from '@remote-consoles/rfb';

const ADVICE: Readonly<Record<RfbErrorCode, string>> = {
  'not-rfb': 'What listens there is no VNC server: check the port.',
  'unsupported-version': 'The VNC server is too old or something else: check the port and its version.',
  'no-common-security':
    'None of what the VNC server offers may be used: switch VeNCrypt with X.509, a VNC password or none on there, or change what is required here.',
  'password-required': 'The VNC server asks for a password: configure it.',
  'authentication-failed':
    'The password is another than that of the VNC server: correct the one or the other.',
  'security-refused':
    'The VNC server refuses for now: it does so after too many wrong passwords, or while somebody has it for himself; see its log.',
  'vencrypt-refused': 'The VNC server did not start TLS: check its certificate and its log.',
  'too-long': 'What listens there does not keep to the protocol: check the port.',
  malformed: 'What listens there does not keep to the protocol: check the port.',
  closed: 'The VNC server hung up in the middle: see its log; it may limit connections.',
};

/** What a failed RFB handshake means; undefined where it failed on something else. */
export function rfbFailure(error: unknown): LegResult | undefined {
  const cause = causesOf(error).find((candidate) => candidate instanceof RfbError);
  if (!cause) return undefined;
  const reason = cause.reason === undefined ? '' : `, saying "${printable(cause.reason)}"`;
  return { outcome: 'failed', detail: `${cause.message}${reason}`, advice: ADVICE[cause.code] };
}

/** Names of security types (RFC 6143 §7.1.2, IANA's registry). */
const TYPES: Readonly<Record<number, string>> = {
  1: 'none',
  2: 'VNC password',
  5: 'RA2',
  6: 'RA2ne',
  16: 'Tight',
  18: 'TLS',
  19: 'VeNCrypt',
  20: 'SASL',
  30: 'Apple',
  129: 'RSA-AES-256',
};

/** What a server of RFB 3.7 or 3.8 has offered, from all that it has sent; empty where it has not yet. */
export function offeredSecurity(sent: Uint8Array): string {
  const types = sent.subarray(13, 13 + (sent[12] ?? 0));
  return [...types].map((type) => TYPES[type] ?? `type ${type}`).join(', ');
}
