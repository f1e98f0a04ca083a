import {
  type DerReader,
  DerTag,
  derElementLength,
  derExplicit,
  derInteger,
  derOctetString,
  derSequence,
  derUtf8String,
  openSequence,
} from './der.js';
import { RdpTunnelError } from './errors.js';

/**
 * RDCleanPath: one message from a browser's RDP client to its gateway and one back, then plain RDP bytes. The gateway
 * has done X.224 and TLS by then (Devolutions' protocol, as the crate ironrdp-rdcleanpath has it).
 */
export interface RdCleanPathRequest {
  /** Where the client would like to go. A gateway that goes by its token has no use for it. */
  readonly destination: string;
  /** What authorises the client at the gateway. A secret. */
  readonly proxyAuth: string;
  readonly serverAuth?: string | undefined;
  readonly preconnectionBlob?: string | undefined;
  /** The client's X.224 connection request, TPKT and all. */
  readonly x224ConnectionRequest: Uint8Array;
}

export type RdCleanPathAnswer =
  | {
      readonly kind: 'connected';
      /** The X.224 connection confirm for the client, TPKT and all. */
      readonly x224ConnectionConfirm: Uint8Array;
      /** DER certificates, the server's own first. */
      readonly serverCertificateChain: readonly Uint8Array[];
      readonly serverAddress: string;
    }
  /** At most one of the three says why; the client words it. */
  | {
      readonly kind: 'general-error';
      /** 403, 404, 502, … */
      readonly httpStatus?: number | undefined;
      /** A Winsock error: 10061 connection refused, 10060 timed out, … */
      readonly wsaError?: number | undefined;
      /** 42 bad certificate, … (RFC 8446 §6) */
      readonly tlsAlert?: number | undefined;
    }
  | { readonly kind: 'negotiation-error'; readonly x224ConnectionConfirm: Uint8Array };

/** A request holds a token, a name and some ninety bytes of X.224. */
export const maximumRdCleanPathRequestLength = 4096;

/** An answer also holds a chain of certificates. */
const maximumAnswerLength = 65_536;

const protocolVersion = 3390;
const generalError = 1;
const negotiationError = 2;

/**
 * Length in bytes of the request that `bytes` begin with; `undefined` while its head is not all there.
 * @throws {RdpTunnelError} `malformed`; `too-long` above 4 KiB
 */
export const rdCleanPathRequestLength = (bytes: Uint8Array): number | undefined =>
  derElementLength(bytes, DerTag.sequence, maximumRdCleanPathRequestLength);

export function encodeRdCleanPathRequest(request: RdCleanPathRequest): Uint8Array {
  return encodePdu([
    [2, derUtf8String(request.destination)],
    [3, derUtf8String(request.proxyAuth)],
    [4, request.serverAuth === undefined ? undefined : derUtf8String(request.serverAuth)],
    [5, request.preconnectionBlob === undefined ? undefined : derUtf8String(request.preconnectionBlob)],
    [6, derOctetString(request.x224ConnectionRequest)],
  ]);
}

/**
 * Reads one whole request.
 * @throws {RdpTunnelError} `malformed`; `too-long` above 4 KiB
 */
export function parseRdCleanPathRequest(bytes: Uint8Array): RdCleanPathRequest {
  const pdu = openPdu(bytes, maximumRdCleanPathRequestLength);
  const text = (field: DerReader): string => field.utf8String();
  const request = {
    destination: pdu.required(2, text),
    proxyAuth: pdu.required(3, text),
    serverAuth: pdu.optional(4, text),
    preconnectionBlob: pdu.optional(5, text),
    x224ConnectionRequest: pdu.required(6, (field) => field.octetString()),
  };
  pdu.end();
  return request;
}

export function encodeRdCleanPathAnswer(answer: RdCleanPathAnswer): Uint8Array {
  switch (answer.kind) {
    case 'connected':
      return encodePdu([
        [6, derOctetString(answer.x224ConnectionConfirm)],
        [7, derSequence(...answer.serverCertificateChain.map(derOctetString))],
        [9, derUtf8String(answer.serverAddress)],
      ]);
    case 'general-error': {
      const { httpStatus, wsaError, tlsAlert } = answer;
      return encodePdu([
        [
          1,
          encodeFields([
            [0, generalError],
            [1, httpStatus],
            [2, wsaError],
            [3, tlsAlert],
          ]),
        ],
      ]);
    }
    case 'negotiation-error':
      return encodePdu([
        [1, encodeFields([[0, negotiationError]])],
        [6, derOctetString(answer.x224ConnectionConfirm)],
      ]);
  }
}

/**
 * Reads one whole answer.
 * @throws {RdpTunnelError} `malformed`; `too-long` above 64 KiB
 */
export function parseRdCleanPathAnswer(bytes: Uint8Array): RdCleanPathAnswer {
  const pdu = openPdu(bytes, maximumAnswerLength);
  const error = pdu.optional(1, readError);
  const confirm = (): Uint8Array => pdu.required(6, (field) => field.octetString());
  const answer: RdCleanPathAnswer =
    error?.kind === 'general-error'
      ? error
      : error
        ? { kind: 'negotiation-error', x224ConnectionConfirm: confirm() }
        : {
            kind: 'connected',
            x224ConnectionConfirm: confirm(),
            serverCertificateChain: pdu.required(7, readChain),
            serverAddress: pdu.required(9, (field) => field.utf8String()),
          };
  pdu.end();
  return answer;
}

type Field = readonly [n: number, value: Uint8Array | undefined];

function encodePdu(fields: readonly Field[]): Uint8Array {
  return encodeSequence([[0, derInteger(protocolVersion)], ...fields]);
}

const encodeFields = (fields: ReadonlyArray<readonly [n: number, value: number | undefined]>): Uint8Array =>
  encodeSequence(fields.map(([n, value]) => [n, value === undefined ? undefined : derInteger(value)]));

const encodeSequence = (fields: readonly Field[]): Uint8Array =>
  derSequence(...fields.flatMap(([n, value]) => (value ? [derExplicit(n, value)] : [])));

function openPdu(bytes: Uint8Array, maximum: number): DerReader {
  if (bytes.length > maximum) {
    throw new RdpTunnelError(
      'too-long',
      `an RDCleanPath message of ${bytes.length} bytes, at most ${maximum} are taken`,
    );
  }
  const pdu = openSequence(bytes);
  const version = pdu.required(0, (field) => field.integer());
  if (version !== protocolVersion)
    throw new RdpTunnelError('malformed', `RDCleanPath version ${version} is not known`);
  return pdu;
}

function readChain(field: DerReader): readonly Uint8Array[] {
  const certificates = field.enter(DerTag.sequence);
  const chain: Uint8Array[] = [];
  while (!certificates.atEnd) chain.push(certificates.octetString());
  return chain;
}

function readError(
  field: DerReader,
): Extract<RdCleanPathAnswer, { kind: 'general-error' }> | { readonly kind: 'negotiation' } {
  const error = field.enter(DerTag.sequence);
  const number = (content: DerReader): number => content.integer();
  const code = error.required(0, number);
  const reason = {
    httpStatus: error.optional(1, number),
    wsaError: error.optional(2, number),
    tlsAlert: error.optional(3, number),
  };
  error.end();
  return code === negotiationError ? { kind: 'negotiation' } : { kind: 'general-error', ...reason };
}
