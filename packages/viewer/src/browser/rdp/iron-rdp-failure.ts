import type { RdpFailure } from './rdp-ending.js';

const KINDS: readonly RdpFailure['kind'][] = [
  'general',
  'login',
  'login',
  'login',
  'rdcleanpath',
  'not-connected',
  'negotiation',
];

/** Reads what IronRDP throws: an object of methods (`IronError` of its interface), or any error of the browser's. */
export function readFailure(thrown: unknown): RdpFailure {
  const kind = KINDS[Number(call(thrown, 'kind'))] ?? 'general';
  const said = call(thrown, 'backtrace') ?? (thrown instanceof Error ? thrown.message : undefined);
  const details = call(thrown, 'rdcleanpathDetails');
  return {
    kind,
    // The rest is where in its own source it happened.
    said: typeof said === 'string' ? said.split('\n', 1).join('').trim() : '',
    httpStatus: number(details, 'httpStatusCode'),
    wsaError: number(details, 'wsaErrorCode'),
    tlsAlert: number(details, 'tlsAlertCode'),
  };
}

function call(object: unknown, method: string): unknown {
  const found = property(object, method);
  return typeof found === 'function' ? Reflect.apply(found, object, []) : undefined;
}

function number(object: unknown, name: string): number | undefined {
  const found = property(object, name);
  return typeof found === 'number' ? found : undefined;
}

function property(object: unknown, name: string): unknown {
  return typeof object === 'object' && object !== null ? Reflect.get(object, name) : undefined;
}
