import { hash } from 'node:crypto';

/** What the check reads from a request; `http.IncomingMessage` has this shape. */
export interface UpgradeRequest {
  readonly method?: string | undefined;
  readonly httpVersionMajor: number;
  readonly httpVersionMinor: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export type UpgradeCheck =
  | {
      readonly kind: 'accepted';
      /** Value of Sec-WebSocket-Accept. */
      readonly accept: string;
      readonly subprotocol: 'binary' | undefined;
    }
  | {
      readonly kind: 'refused';
      readonly status: 400 | 405 | 426;
      readonly reason: string;
      /** Header lines that this status asks for. */
      readonly headers: readonly string[];
    };

/** RFC 6455 §1.3. */
const ACCEPT_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** Sixteen bytes in base64: two bits of the last character are unused. */
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * Checks the client's opening handshake (RFC 6455 §4.2.1). Extensions are never negotiated: console protocols
 * compress by themselves.
 */
export function checkUpgrade(request: UpgradeRequest): UpgradeCheck {
  const { headers } = request;
  if (request.method !== 'GET') return refused(405, 'the method must be GET', ['Allow: GET']);
  if (request.httpVersionMajor !== 1 || request.httpVersionMinor < 1) {
    return refused(400, 'HTTP/1.1 is needed');
  }
  if (headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0') {
    return refused(400, 'an upgrade request must not have a body');
  }
  if (!listOf(headers['connection']).some((item) => item.toLowerCase() === 'upgrade')) {
    return refused(400, 'Connection must name upgrade');
  }
  if (listOf(headers['upgrade']).join().toLowerCase() !== 'websocket') {
    return refused(426, 'Upgrade must be websocket', ['Upgrade: websocket']);
  }
  if (headers['sec-websocket-version'] !== '13') {
    return refused(426, 'the WebSocket version must be 13', ['Sec-WebSocket-Version: 13']);
  }
  const key = headers['sec-websocket-key'];
  if (typeof key !== 'string' || !KEY.test(key)) return refused(400, 'Sec-WebSocket-Key is malformed');
  return negotiateSubprotocol(key, headers['sec-websocket-protocol']);
}

function negotiateSubprotocol(key: string, header: string | string[] | undefined): UpgradeCheck {
  const accept = hash('sha1', key + ACCEPT_GUID, 'base64');
  if (header === undefined) return { kind: 'accepted', accept, subprotocol: undefined };
  const offered = listOf(header);
  if (!offered.every((item) => TOKEN.test(item))) {
    return refused(400, 'Sec-WebSocket-Protocol is malformed');
  }
  // A browser gives up when none of the protocols that it offered is chosen, so say so at once.
  if (!offered.includes('binary')) return refused(400, 'the only subprotocol is binary');
  return { kind: 'accepted', accept, subprotocol: 'binary' };
}

/**
 * The head of the answer that switches protocols.
 *
 * @param setCookie value of a Set-Cookie header, if one is to be sent
 */
export function switchingProtocols(
  accept: string,
  subprotocol: string | undefined,
  setCookie: string | undefined,
): string {
  let head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n`;
  if (subprotocol !== undefined) head += `Sec-WebSocket-Protocol: ${subprotocol}\r\n`;
  if (setCookie !== undefined) head += `Set-Cookie: ${setCookie}\r\n`;
  return `${head}\r\n`;
}

function refused(status: 400 | 405 | 426, reason: string, headers: readonly string[] = []): UpgradeCheck {
  return { kind: 'refused', status, reason, headers };
}

function listOf(header: string | string[] | undefined): string[] {
  const text = typeof header === 'string' ? header : (header ?? []).join(',');
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
