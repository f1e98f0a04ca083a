import { isNtlmMessage } from '@remote-consoles/ntlm';
import { contextTag, DerReader, DerTag, openSequence } from './der.js';
import { RdpTunnelError } from './errors.js';

const initialContextToken = 0x60;
const negTokenInit = contextTag(0);
const negTokenResponse = contextTag(1);
const rejected = 2;

/**
 * The NTLM message in a CredSSP token: bare, or in a SPNEGO NegTokenInit or NegTokenResp (RFC 4178 §4.2).
 * @throws {RdpTunnelError} `malformed`; `credssp-refused` when SPNEGO says no
 */
export function ntlmMessageOf(token: Uint8Array): Uint8Array {
  if (isNtlmMessage(token)) return token;
  const message = token[0] === negTokenResponse ? readResponse(token) : readInit(token);
  if (!isNtlmMessage(message))
    throw new RdpTunnelError('malformed', 'the CredSSP token holds no NTLM message');
  return message;
}

function readResponse(token: Uint8Array): Uint8Array {
  const fields = openSequence(only(token, negTokenResponse));
  const state = fields.optional(0, (field) => field.read(DerTag.enumerated)[0]);
  if (state === rejected) throw new RdpTunnelError('credssp-refused', 'the server does not take NTLM');
  fields.optional(1, (field) => field.read(DerTag.objectIdentifier));
  return fields.required(2, (field) => field.octetString());
}

function readInit(token: Uint8Array): Uint8Array {
  const fields = openSequence(
    token[0] === initialContextToken ? readContextToken(token) : only(token, negTokenInit),
  );
  fields.required(0, (field) => field.read(DerTag.sequence)); // mechanisms
  fields.optional(1, (field) => field.read(DerTag.bitString)); // flags
  return fields.required(2, (field) => field.octetString());
}

/** A NegTokenInit with SPNEGO's own object identifier in front (RFC 2743 §3.1). */
function readContextToken(token: Uint8Array): Uint8Array {
  const content = new DerReader(only(token, initialContextToken));
  content.read(DerTag.objectIdentifier);
  const init = content.read(negTokenInit);
  content.end();
  return init;
}

function only(bytes: Uint8Array, tag: number): Uint8Array {
  const reader = new DerReader(bytes);
  const content = reader.read(tag);
  reader.end();
  return content;
}
