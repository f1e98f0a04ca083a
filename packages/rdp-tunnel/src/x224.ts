import { concatBytes } from './concat-bytes.js';
import { RdpTunnelError } from './errors.js';
import { encodeTpkt, tpktContent, tpktLength } from './tpkt.js';

/** Bits of the protocols asked for and chosen (MS-RDPBCGR §2.2.1.1.1). */
export const SecurityProtocol = { rdp: 0, ssl: 1, hybrid: 2, hybridEx: 8 } as const;

/** Why a server does not connect, as far as it is ours to say (MS-RDPBCGR §2.2.1.2.2). */
export const NegotiationFailure = { sslRequiredByServer: 1 } as const;

/** The client's X.224 Connection Request (MS-RDPBCGR §2.2.1.1). */
export interface ConnectionRequest {
  /** Bits of {@link SecurityProtocol}; 0 when the client does not negotiate. */
  readonly requestedProtocols: number;
  readonly flags: number;
  /** The line in front, a cookie or a routing token, without its CR LF. */
  readonly cookie?: string;
}

/** The server's X.224 Connection Confirm (MS-RDPBCGR §2.2.1.2). */
export type ConnectionConfirm =
  | { readonly kind: 'selected'; readonly protocol: number; readonly flags: number }
  | { readonly kind: 'failed'; readonly failure: number }
  /** The server does not negotiate: it knows only RDP's own old encryption. */
  | { readonly kind: 'unnegotiated' };

/** The one byte of its length indicator allows no more. */
const maximumLength = 259;

const cookieLine = /^[\x20-\x7e]{1,200}$/;
const connectionRequest = 0xe0;
const connectionConfirm = 0xd0;
const negotiationLength = 8;
const fixedLength = 7;
const negotiationRequest = 1;
const negotiationResponse = 2;
const negotiationFailure = 3;

/**
 * Length in bytes of the connection request or confirm that `bytes` begin with; `undefined` while its head is not all there.
 * @throws {RdpTunnelError} `malformed`, `too-long`
 */
export const connectionPduLength = (bytes: Uint8Array): number | undefined =>
  tpktLength(bytes, maximumLength);

/** @throws {RdpTunnelError} `invalid-argument` when the cookie is not one short line */
export function encodeConnectionRequest({
  requestedProtocols,
  flags,
  cookie,
}: ConnectionRequest): Uint8Array {
  if (cookie !== undefined && !cookieLine.test(cookie)) {
    throw new RdpTunnelError(
      'invalid-argument',
      'an X.224 cookie is one line of 1 to 200 printable characters',
    );
  }
  const line = new TextEncoder().encode(cookie === undefined ? '' : `${cookie}\r\n`);
  return encodePdu(
    connectionRequest,
    concatBytes(line, encodeNegotiation(negotiationRequest, flags, requestedProtocols)),
  );
}

export function encodeConnectionConfirm(confirm: ConnectionConfirm): Uint8Array {
  switch (confirm.kind) {
    case 'selected':
      return encodePdu(
        connectionConfirm,
        encodeNegotiation(negotiationResponse, confirm.flags, confirm.protocol),
      );
    case 'failed':
      return encodePdu(connectionConfirm, encodeNegotiation(negotiationFailure, 0, confirm.failure));
    case 'unnegotiated':
      return encodePdu(connectionConfirm, new Uint8Array(0));
  }
}

/**
 * Reads one whole request.
 * @throws {RdpTunnelError} `malformed`, `too-long`
 */
export function parseConnectionRequest(bytes: Uint8Array): ConnectionRequest {
  const variable = readPdu(bytes, connectionRequest);
  const { cookie, rest } = readCookie(variable);
  if (rest.length === 0) return { requestedProtocols: 0, flags: 0, ...cookie };
  const { type, flags, value } = readNegotiation(rest);
  // A correlation id may follow (MS-RDPBCGR §2.2.1.1.2); nothing here needs it.
  if (type !== negotiationRequest) throw malformed();
  return { requestedProtocols: value, flags, ...cookie };
}

/**
 * Reads one whole confirm.
 * @throws {RdpTunnelError} `malformed`, `too-long`
 */
export function parseConnectionConfirm(bytes: Uint8Array): ConnectionConfirm {
  const variable = readPdu(bytes, connectionConfirm);
  if (variable.length === 0) return { kind: 'unnegotiated' };
  if (variable.length !== negotiationLength) throw malformed();
  const { type, flags, value } = readNegotiation(variable);
  if (type === negotiationResponse) return { kind: 'selected', protocol: value, flags };
  if (type === negotiationFailure) return { kind: 'failed', failure: value };
  throw malformed();
}

/** What a failure code says (MS-RDPBCGR §2.2.1.2.2). */
export function describeNegotiationFailure(failure: number): string {
  return (
    {
      1: 'it demands TLS',
      2: 'it does not allow TLS',
      3: 'it has no certificate',
      4: 'it found the flags inconsistent',
      5: 'it demands network level authentication',
      6: 'it demands TLS with a client certificate',
    }[failure] ?? `failure code ${failure}`
  );
}

/** The line in front of the negotiation, if there is one. */
function readCookie(variable: Uint8Array): {
  readonly cookie?: { readonly cookie: string };
  readonly rest: Uint8Array;
} {
  if (variable.length === 0 || variable[0] === negotiationRequest) return { rest: variable };
  const end = variable.findIndex((byte, i) => byte === 0x0d && variable[i + 1] === 0x0a);
  const cookie = String.fromCharCode(...variable.subarray(0, Math.max(end, 0)));
  if (!cookieLine.test(cookie)) throw malformed();
  return { cookie: { cookie }, rest: variable.subarray(end + 2) };
}

/** X.224 head: length indicator, type, two references, class 0. */
function encodePdu(type: number, variable: Uint8Array): Uint8Array {
  const head = Uint8Array.of(fixedLength - 1 + variable.length, type, 0, 0, 0, 0, 0);
  return encodeTpkt(concatBytes(head, variable));
}

function readPdu(bytes: Uint8Array, type: number): Uint8Array {
  const content = tpktContent(bytes, maximumLength);
  if (content.length < fixedLength || content[0] !== content.length - 1 || content[1] !== type)
    throw malformed();
  return content.subarray(fixedLength);
}

function encodeNegotiation(type: number, flags: number, value: number): Uint8Array {
  const bytes = Uint8Array.of(type, flags, negotiationLength, 0, 0, 0, 0, 0);
  new DataView(bytes.buffer).setUint32(4, value, true);
  return bytes;
}

function readNegotiation(bytes: Uint8Array): {
  readonly type: number;
  readonly flags: number;
  readonly value: number;
} {
  if (bytes.length < negotiationLength) throw malformed();
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (view.getUint16(2, true) !== negotiationLength) throw malformed();
  return { type: view.getUint8(0), flags: view.getUint8(1), value: view.getUint32(4, true) };
}

const malformed = (): RdpTunnelError => new RdpTunnelError('malformed', 'broken X.224 connection message');
