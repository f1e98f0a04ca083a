import type { Socket } from 'node:net';
import type { CallArguments, CallName, CallResult, DescriptorCallName } from '../calls/calls.js';
import type { ConnectionEvent } from '../lanes/lane-message.js';

/** Calls that answer with data. The others open, close or give a socket. */
export type DataCallName = Exclude<CallName, DescriptorCallName | 'open' | 'close' | 'watch' | 'unwatch'>;

/** One libvirt connection, kept away from the caller's thread. All timeouts are in ms. */
export interface Isolation {
  /** Rejects with a LibvirtError, at the latest after `timeout`. */
  call<Name extends DataCallName>(
    name: Name,
    args: CallArguments<Name>,
    timeout: number,
  ): Promise<CallResult<Name>>;

  /** Like {@link call}, for what gives a stream of bytes. The socket is the caller's. */
  openSocket<Name extends DescriptorCallName>(
    name: Name,
    args: CallArguments<Name>,
    timeout: number,
  ): Promise<Socket>;

  /** Resolves with the references that libvirt still holds: 0 unless something leaks. */
  close(timeout: number): Promise<number>;
}

export type EventListener = (event: ConnectionEvent) => void;
