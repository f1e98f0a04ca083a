import { randomUUID } from 'node:crypto';
import { createServer, IncomingMessage, type Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import type { Express } from 'express';
import { ApiFault } from './fault/api-fault.js';

const LIMITS = {
  /** ms from the first byte of a request to the end of its headers */
  headersTimeout: 10_000,
  /** ms to the end of its body */
  requestTimeout: 30_000,
  /** ms between requests; longer than load balancers keep theirs, so that it is never us who hang up on them */
  keepAliveTimeout: 65_000,
  /** ms between two looks at these */
  connectionsCheckingInterval: 5_000,
  /** bytes */
  maxHeaderSize: 16_384,
  /** Node would refuse without a word; see `answerOf`. */
  requireHostHeader: false,
};

/** ms from a connection to the end of its TLS handshake */
const TLS_HANDSHAKE_TIMEOUT = 10_000;

/**
 * Makes the HTTP server of an Express application, with deadlines and with JSON faults also for what is not HTTP.
 *
 * Express gives every request and response its own prototype, which slows them down for life. Here they are born with
 * it, so that Express changes nothing: half of the CPU of a small request. For the same reason it switches off the
 * application's settings `x-powered-by`, `etag` and `query parser`.
 *
 * @param tls certificate and key for an HTTPS server; its `setSecureContext` changes them while it runs
 */
export function createHttpServer(app: Express): Server;
export function createHttpServer(app: Express, tls: SecureContextOptions): TlsServer;
export function createHttpServer(app: Express, tls?: SecureContextOptions): Server {
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  const settings = { ...LIMITS, ...bornFor(app) };
  const answer = answerOf(app);
  const server = tls
    ? createTlsServer({ ...settings, handshakeTimeout: TLS_HANDSHAKE_TIMEOUT, ...tls }, answer)
    : createServer(settings, answer);
  server.on('checkExpectation', answer);
  server.on('clientError', refuse);
  return server;
}

/**
 * Node's two classes with Express's prototypes in between. Real subclasses, because V8 gives what they construct room
 * for all of its fields; an object that Node's constructors are only called on grows into a hash table.
 */
function bornFor(app: Express): {
  IncomingMessage: typeof IncomingMessage;
  ServerResponse: typeof ServerResponse;
} {
  class BornRequest extends IncomingMessage {}
  class BornResponse<R extends IncomingMessage> extends ServerResponse<R> {}
  app.request = Object.setPrototypeOf(BornRequest.prototype, app.request);
  app.response = Object.setPrototypeOf(BornResponse.prototype, app.response);
  return { IncomingMessage: BornRequest, ServerResponse: BornResponse };
}

/** The application, but for requests that HTTP/1.1 has refused (RFC 9112 §3.2). */
function answerOf(app: Express): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    if (request.headers.host === undefined && request.httpVersion === '1.1') withoutHost(response);
    else app(request, response);
  };
}

function withoutHost(response: ServerResponse): void {
  const body = JSON.stringify(new ApiFault(400, 'The request has no Host header.').body);
  response.writeHead(400, lastHeaders(body)).end(body);
}

/** Of a fault after which the connection ends. */
function lastHeaders(body: string): Readonly<Record<string, string | number>> {
  const requestId = `req-${randomUUID()}`;
  return {
    'Content-Type': 'application/json; charset=UTF-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'x-openstack-request-id': requestId,
    'x-compute-request-id': requestId,
    Connection: 'close',
  };
}

/** Answers what the HTTP parser refuses, unless something has been answered on this connection before. */
function refuse(error: Error & { code?: string }, socket: Duplex & { bytesWritten?: number }): void {
  if (!socket.writable || socket.bytesWritten !== 0) {
    socket.destroy();
    return;
  }
  const { status, reason, message } = refusal(error.code);
  const body = JSON.stringify(new ApiFault(status, message).body);
  const headers = Object.entries(lastHeaders(body)).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status} ${reason}`, ...headers, '', body].join('\r\n'));
}

function refusal(code: string | undefined) {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: 431,
        reason: 'Request Header Fields Too Large',
        message: `Request headers are too large. Larger than ${LIMITS.maxHeaderSize} bytes.`,
      };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, reason: 'Request Timeout', message: 'The request did not arrive in time.' };
    default:
      return { status: 400, reason: 'Bad Request', message: 'The request is not valid HTTP.' };
  }
}
