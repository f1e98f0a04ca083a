import type { ConsoleProtocol, ConsoleType } from './console/console-type.js';

/** What went wrong, for code to branch on. The map to HTTP statuses lives in http-api and gateway. */
export type ConsoleErrorCode =
  | 'unauthenticated'
  | 'forbidden'
  | 'server-not-found'
  | 'server-not-ready'
  | 'server-state-invalid'
  | 'console-type-invalid'
  | 'console-type-unavailable'
  | 'console-not-implemented'
  | 'console-output-unavailable'
  | 'token-not-found'
  | 'token-invalid'
  | 'token-spent'
  | 'session-not-found'
  | 'limit-exceeded'
  | 'hypervisor-unavailable'
  | 'identity-unavailable'
  | 'token-store-unavailable'
  | 'token-store-full'
  | 'console-unreachable'
  | 'console-refused';

/**
 * The one error that core, adapters and use cases throw on purpose. The message may be shown to the client: it is
 * Nova's own wording where Nova has one, and it never holds a token, a password or a ticket.
 */
export class ConsoleError extends Error {
  override readonly name = 'ConsoleError';
  readonly code: ConsoleErrorCode;

  constructor(code: ConsoleErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

export const unauthenticated = (): ConsoleError =>
  new ConsoleError('unauthenticated', 'The request you have made requires authentication.');

export const forbidden = (rule: string): ConsoleError =>
  new ConsoleError('forbidden', `Policy doesn't allow ${rule} to be performed.`);

export const serverNotFound = (id: string): ConsoleError =>
  new ConsoleError('server-not-found', `Instance ${id} could not be found.`);

export const serverNotReady = (id: string): ConsoleError =>
  new ConsoleError('server-not-ready', `Instance ${id} is not ready`);

/** @param action Nova's name of what was asked, such as `get_vnc_console` */
export const serverStateInvalid = (
  id: string,
  action: string,
  attribute: 'vm_state' | 'task_state',
  state: string,
): ConsoleError =>
  new ConsoleError(
    'server-state-invalid',
    `Cannot '${action}' instance ${id} while it is in ${attribute} ${state}`,
  );

export const consoleTypeInvalid = (type: ConsoleType): ConsoleError =>
  new ConsoleError('console-type-invalid', `Invalid console type ${type}`);

/** @param what the type where it is switched off, the protocol where the guest has no such device (as in Nova) */
export const consoleTypeUnavailable = (what: ConsoleType | ConsoleProtocol): ConsoleError =>
  new ConsoleError('console-type-unavailable', `Unavailable console type ${what}.`);

export const consoleNotImplemented = (): ConsoleError =>
  new ConsoleError('console-not-implemented', 'The requested functionality is not supported.');

export const consoleOutputUnavailable = (): ConsoleError =>
  new ConsoleError('console-output-unavailable', 'Guest does not have a console available.');

export const tokenNotFound = (): ConsoleError => new ConsoleError('token-not-found', 'Token not found');

export const sessionNotFound = (id: string): ConsoleError =>
  new ConsoleError('session-not-found', `Session ${id} could not be found.`);

export const tokenInvalid = (): ConsoleError =>
  new ConsoleError('token-invalid', 'the console token is unknown or has expired; ask for a new console');

export const tokenSpent = (): ConsoleError =>
  new ConsoleError('token-spent', 'the console token has already been used; ask for a new console');

/** @param hypervisor the configured name of the hypervisor, never its address */
export const hypervisorUnavailable = (hypervisor: string, cause?: unknown): ConsoleError =>
  new ConsoleError('hypervisor-unavailable', `hypervisor ${hypervisor} does not answer; try again later`, {
    cause,
  });

export const identityUnavailable = (cause?: unknown): ConsoleError =>
  new ConsoleError('identity-unavailable', 'The Keystone service is temporarily unavailable.', { cause });

export const tokenStoreFull = (): ConsoleError =>
  new ConsoleError('token-store-full', 'the token store is full; try again later');

export const tokenStoreUnavailable = (cause?: unknown): ConsoleError =>
  new ConsoleError('token-store-unavailable', 'the token store does not answer; try again later', { cause });
