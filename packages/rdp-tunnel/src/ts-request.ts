import {
  type DerReader,
  DerTag,
  derElementLength,
  derExplicit,
  derInteger,
  derOctetString,
  derSequence,
  openSequence,
} from './der.js';
import { RdpTunnelError } from './errors.js';

/** The message that CredSSP speaks in, both ways (MS-CSSP §2.2.1). */
export interface TsRequest {
  /** The highest version that the sender speaks, 2 to 6. */
  readonly version: number;
  /** One NTLM or SPNEGO token. */
  readonly negoToken?: Uint8Array | undefined;
  /** Sealed TSCredentials. */
  readonly authInfo?: Uint8Array | undefined;
  readonly pubKeyAuth?: Uint8Array | undefined;
  /** NTSTATUS, as an unsigned number. */
  readonly errorCode?: number | undefined;
  /** 32 bytes, from version 5 on. */
  readonly clientNonce?: Uint8Array | undefined;
}

/** NTLM tokens stay below 3 KiB, a sealed RSA-16384 key below 2.1 KiB. */
const maximumLength = 16_384;

/**
 * Length in bytes of the TSRequest that `bytes` begin with; `undefined` while its head is not all there.
 * @throws {RdpTunnelError} `malformed`, `too-long`
 */
export const tsRequestLength = (bytes: Uint8Array): number | undefined =>
  derElementLength(bytes, DerTag.sequence, maximumLength);

export function encodeTsRequest(request: TsRequest): Uint8Array {
  const { negoToken, authInfo, pubKeyAuth, errorCode, clientNonce } = request;
  const octets = (n: number, value: Uint8Array | undefined): readonly Uint8Array[] =>
    value ? [derExplicit(n, derOctetString(value))] : [];
  const tokens = negoToken ? [derExplicit(1, derSequence(derSequence(...octets(0, negoToken))))] : [];
  return derSequence(
    derExplicit(0, derInteger(request.version)),
    ...tokens,
    ...octets(2, authInfo),
    ...octets(3, pubKeyAuth),
    // As Windows and FreeRDP do: four bytes, so a negative number.
    ...(errorCode === undefined ? [] : [derExplicit(4, derInteger(errorCode | 0))]),
    ...octets(5, clientNonce),
  );
}

/**
 * Reads one whole TSRequest.
 * @throws {RdpTunnelError} `malformed`, `too-long`
 */
export function parseTsRequest(bytes: Uint8Array): TsRequest {
  tsRequestLength(bytes);
  const fields = openSequence(bytes);
  const octets = (n: number): Uint8Array | undefined => fields.optional(n, (field) => field.octetString());
  const request = {
    version: fields.required(0, (field) => field.integer()),
    negoToken: fields.optional(1, readToken),
    authInfo: octets(2),
    pubKeyAuth: octets(3),
    errorCode: fields.optional(4, (field) => field.integer() >>> 0),
    clientNonce: octets(5),
  };
  fields.end();
  if (request.version < 2) throw new RdpTunnelError('malformed', `CredSSP has no version ${request.version}`);
  return request;
}

/** The first token of a NegoData; NTLM never sends more than one. */
function readToken(field: DerReader): Uint8Array {
  const tokens = field.enter(DerTag.sequence);
  const token = tokens.enter(DerTag.sequence);
  tokens.end();
  const value = token.required(0, (content) => content.octetString());
  token.end();
  return value;
}
