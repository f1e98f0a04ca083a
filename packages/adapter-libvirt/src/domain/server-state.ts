import type { Server } from '@remote-consoles/core';
import type { DomainState } from 'libvirt-ts';

type ServerState = Pick<Server, 'vmState' | 'taskState'>;

/**
 * Nova's states of a domain. A paused guest, one that sleeps (S3) and one that has crashed and is kept all
 * have a live display, so none of them is `suspended` or `stopped`.
 */
export function serverState({ state, reason }: DomainState): ServerState {
  switch (state) {
    case 'running':
    case 'blocked':
      return { vmState: 'active' };
    case 'shutdown':
      return { vmState: 'active', taskState: 'powering-off' };
    case 'paused':
      return pausedState(reason);
    case 'pmsuspended':
      return { vmState: 'paused' };
    case 'crashed':
      return { vmState: 'error' };
    case 'shutoff':
      return { vmState: reason === 'saved' ? 'suspended' : 'stopped' };
    default:
      return { vmState: 'error' };
  }
}

/** libvirt pauses a domain for work of its own too. */
function pausedState(reason: string): ServerState {
  switch (reason) {
    case 'migration':
    case 'postcopy':
    case 'postcopy-failed':
      return { vmState: 'active', taskState: 'migrating' };
    case 'starting-up':
      return { vmState: 'building' };
    case 'shutting-down':
      return { vmState: 'active', taskState: 'powering-off' };
    case 'save':
      return { vmState: 'active', taskState: 'suspending' };
    case 'snapshot':
    case 'dump':
      return { vmState: 'active', taskState: 'image_snapshot' };
    default:
      return { vmState: 'paused' };
  }
}

/** Reasons for a pause on the host that a domain comes to, or has left while its memory still follows. */
const arriving: ReadonlySet<string> = new Set(['migration', 'starting-up', 'postcopy', 'postcopy-failed']);

/**
 * How much of a server a domain is: while it migrates, and after, two hosts may have a domain of its UUID.
 * The higher one is the server.
 */
export function presence({ state, reason }: DomainState): number {
  if (state === 'shutoff' || state === 'unknown' || state === 'no-state')
    return reason === 'migrated' ? 0 : 1;
  return state === 'paused' && arriving.has(reason) ? 2 : 3;
}

/** Presence from which on no other host needs to be asked. */
export const fullPresence = 3;
