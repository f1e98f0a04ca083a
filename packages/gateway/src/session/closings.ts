import { ConsoleError, type ServerEvent } from '@remote-consoles/core';
import type { Closing, RelayEnd } from '../relay/relay.js';
import { CloseCode } from '../websocket/close-code.js';

const SERVER_EVENTS: Readonly<Record<ServerEvent['kind'], Closing>> = {
  stopped: closing(CloseCode.serverStopped, 'the server was stopped', 'server-stopped'),
  crashed: closing(CloseCode.serverStopped, 'the server crashed', 'server-crashed'),
  suspended: closing(CloseCode.serverStopped, 'the server was suspended', 'server-suspended'),
  shelved: closing(CloseCode.serverStopped, 'the server was shelved', 'server-shelved'),
  rebuilt: closing(CloseCode.serverStopped, 'the server is being rebuilt', 'server-rebuilt'),
  deleted: closing(CloseCode.serverDeleted, 'the server was deleted', 'server-deleted'),
  migrated: closing(CloseCode.serverMigrated, 'the server was migrated', 'server-migrated'),
};

export const TERMINATED = closing(CloseCode.terminated, 'the session was terminated', 'terminated');
export const TIME_LIMIT = closing(CloseCode.timeLimit, 'the time limit was reached', 'time-limit');
export const IDLE = closing(CloseCode.idle, 'the session was idle', 'idle');
export const GOING_AWAY = closing(CloseCode.goingAway, 'the gateway is being stopped', 'gateway-stopped');
/** Nobody is there to be told. */
export const LOST = closing(CloseCode.goingAway, 'the viewer does not answer', 'viewer-lost');

export function endByServer(kind: ServerEvent['kind']): Closing {
  return SERVER_EVENTS[kind];
}

/** The word for the records of how a relay ended. */
export function wordOf(end: RelayEnd): string {
  switch (end.by) {
    case 'viewer':
      return 'viewer-closed';
    case 'console':
      return 'console-closed';
    case 'gateway':
      return end.closing.word;
    case 'fault':
      return 'internal-error';
  }
}

function closing(code: CloseCode, reason: string, word: string): Closing {
  return { code, reason, word };
}

/** Thrown into what is being opened when its session is ended. */
export class SessionEnded extends ConsoleError {
  readonly closing: Closing;

  constructor(closing: Closing) {
    super('server-state-invalid', closing.reason);
    this.closing = closing;
  }
}
