import type { ConsoleProtocol } from '../console/console-type.js';
import { serverNotReady, serverStateInvalid } from '../errors.js';
import type { Server, VmState } from './server.js';

const UNREADY_TASKS: ReadonlySet<string> = new Set(['deleting', 'soft-deleting', 'migrating']);
const UNREADY_STATES: ReadonlySet<VmState> = new Set([
  'stopped',
  'suspended',
  'soft-delete',
  'deleted',
  'shelved',
  'shelved_offloaded',
]);

/**
 * Passes a server that can have a live console now.
 *
 * @throws ConsoleError `server-not-ready` without a host or while building; `server-state-invalid` in a state or task
 *   that has no console. Nova answers 500 for the tasks and a dead URL for stopped servers; both are 409 here.
 */
export function assertConsoleReady(server: Server, protocol: ConsoleProtocol): void {
  assertServerLive(server, `get_${protocol}_console`);
}

/**
 * Passes a server that runs, or is paused, and so has a screen and a keyboard now.
 *
 * @param action what was asked, as it stands in the error
 * @throws ConsoleError `server-not-ready`, `server-state-invalid`
 */
export function assertServerLive(server: Server, action: string): void {
  assertServerReady(server, action);
  if (UNREADY_STATES.has(server.vmState)) {
    throw serverStateInvalid(server.id, action, 'vm_state', server.vmState);
  }
}

/** Passes a server that sits on a host and is not being deleted or moved; its console output may be read then. */
export function assertServerReady(server: Server, action: string): void {
  if (server.host === undefined || server.vmState === 'building') throw serverNotReady(server.id);
  if (server.taskState !== undefined && UNREADY_TASKS.has(server.taskState)) {
    throw serverStateInvalid(server.id, action, 'task_state', server.taskState);
  }
}
