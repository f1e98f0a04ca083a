import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { ConsoleError, type ConsoleErrorCode } from '@remote-consoles/core';
import { GOING_AWAY, SessionEnded } from '../session/closings.js';
import { TooManyGuesses } from './guess-limit.js';
import { ConsoleTimeout, ViewerLeft } from './opening.js';

/** Why a request does not get a console. `code` and `message` may be shown to the viewer. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Header lines that go with the status. */
  readonly headers?: readonly string[];
}

/** ms for the answer to be read before the connection is cut. */
const ANSWER_TIMEOUT = 2000;

const STATUS: Readonly<Record<ConsoleErrorCode, number>> = {
  unauthenticated: 401,
  'token-invalid': 401,
  'token-not-found': 401,
  'token-spent': 403,
  forbidden: 403,
  'server-not-found': 404,
  'session-not-found': 404,
  'console-type-invalid': 404,
  'console-type-unavailable': 404,
  'console-output-unavailable': 404,
  'server-not-ready': 409,
  'server-state-invalid': 409,
  'limit-exceeded': 429,
  'console-not-implemented': 501,
  'console-unreachable': 502,
  'console-refused': 502,
  'hypervisor-unavailable': 503,
  'identity-unavailable': 503,
  'token-store-unavailable': 503,
  'token-store-full': 503,
};

export const ORIGIN_REFUSED: Refusal = {
  status: 403,
  code: 'origin-not-allowed',
  message: 'pages of this origin may not open consoles',
};

export const DRAINING: Refusal = {
  status: 503,
  code: 'gateway-draining',
  message: 'the gateway is being stopped; connect again',
};

export const BUSY: Refusal = {
  status: 503,
  code: 'limit-exceeded',
  message: 'the gateway has no room for another console; try again later',
};

/** What an error means to whoever asked; unknown errors say nothing about themselves. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof ViewerLeft) return { status: 400, code: error.word, message: error.message };
  if (error instanceof TooManyGuesses) return error.refusal;
  if (!(error instanceof ConsoleError)) return { status: 500, code: 'internal', message: 'internal error' };
  if (error instanceof SessionEnded && error.closing === GOING_AWAY) return DRAINING;
  const { code, message } = error;
  return { status: error instanceof ConsoleTimeout ? 504 : STATUS[code], code, message };
}

/** Answers a plain request with a status and a JSON body for the page that asked. */
export function answerRefusal(
  response: ServerResponse,
  { status, code, message, headers = [] }: Refusal,
): void {
  const body = JSON.stringify({ error: { code, message } });
  for (const [name, value] of headers.map((line) => line.split(': ', 2))) {
    if (name !== undefined && value !== undefined) response.setHeader(name, value);
  }
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  });
  response.end(body);
}

/** Refuses an upgrade: a status with an empty body, then the connection is closed. */
export function refuseUpgrade(socket: Duplex, { status, headers = [] }: Refusal): void {
  if (socket.destroyed) return;
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...headers,
    'Connection: close',
    'Content-Length: 0',
  ];
  const timer = setTimeout(() => socket.destroy(), ANSWER_TIMEOUT).unref();
  socket.once('close', () => clearTimeout(timer));
  socket.end(`${lines.join('\r\n')}\r\n\r\n`);
  // What the client still sends is dropped: closing with unread bytes would reset the connection under our answer.
  socket.once('end', () => socket.destroy()).resume();
}
