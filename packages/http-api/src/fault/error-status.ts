import type { ConsoleErrorCode } from '@remote-consoles/core';

/** The HTTP status of each error that core, adapters and use cases throw on purpose. */
export const ERROR_STATUS: Readonly<Record<ConsoleErrorCode, number>> = {
  unauthenticated: 401,
  forbidden: 403,
  'server-not-found': 404,
  'session-not-found': 404,
  'server-not-ready': 409,
  'server-state-invalid': 409,
  'console-type-invalid': 400,
  'console-type-unavailable': 400,
  'console-not-implemented': 501,
  'console-output-unavailable': 404,
  'token-not-found': 404,
  'token-invalid': 401,
  'token-spent': 401,
  'limit-exceeded': 429,
  'hypervisor-unavailable': 503,
  'identity-unavailable': 503,
  'token-store-unavailable': 503,
  'token-store-full': 503,
  'console-unreachable': 503,
  'console-refused': 503,
};

const FAULT_KEYS: Readonly<Record<number, string>> = {
  400: 'badRequest',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'itemNotFound',
  405: 'badMethod',
  409: 'conflictingRequest',
  413: 'overLimit',
  415: 'badMediaType',
  429: 'overLimit',
  501: 'notImplemented',
  503: 'serviceUnavailable',
};

/** The key under which Nova puts a fault of this status; `computeFault` where it has no name of its own. */
export function faultKey(status: number): string {
  return FAULT_KEYS[status] ?? 'computeFault';
}
