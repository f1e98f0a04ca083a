import { decodeUtf16le, encodeUtf16le, type NtlmCredentials } from '@remote-consoles/ntlm';
import { type DerReader, derExplicit, derInteger, derOctetString, derSequence, openSequence } from './der.js';
import { RdpTunnelError } from './errors.js';

/** TSCredentials' credType of a TSPasswordCreds. */
const passwordType = 1;

/** TSCredentials holding TSPasswordCreds (MS-CSSP §2.2.1.2). The result is secret: seal it, then zero it. */
export function encodeTsCredentials({ domain, user, password }: NtlmCredentials): Uint8Array {
  const names = [domain, user, password].map((text, n) =>
    derExplicit(n, derOctetString(encodeUtf16le(text))),
  );
  return derSequence(
    derExplicit(0, derInteger(passwordType)),
    derExplicit(1, derOctetString(derSequence(...names))),
  );
}

/** @throws {RdpTunnelError} `malformed`, also for smart cards and remote guard */
export function parseTsCredentials(bytes: Uint8Array): NtlmCredentials {
  const outer = openSequence(bytes);
  const type = outer.required(0, (field) => field.integer());
  if (type !== passwordType)
    throw new RdpTunnelError('malformed', 'the delegated credentials are no password');
  const fields = openSequence(outer.required(1, (field) => field.octetString()));
  outer.end();
  const text = (field: DerReader): string => decodeUtf16le(field.octetString());
  const domain = fields.required(0, text);
  const user = fields.required(1, text);
  const password = fields.required(2, text);
  fields.end();
  return { domain, user, password };
}
