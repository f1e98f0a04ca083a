import { Socket } from 'node:net';
import type { CallArguments, CallResult, DescriptorCallName, OpenArguments } from '../calls/calls.js';
import type { Backend } from '../native/native-library.js';
import type { DataCallName, EventListener, Isolation } from './isolation.js';
import { LaneConnection } from './lane-connection.js';

/** A connection on threads of the caller's own process. A call that hangs keeps the process from exiting. */
export class ThreadIsolation implements Isolation {
  readonly #connection: LaneConnection;

  private constructor(connection: LaneConnection) {
    this.#connection = connection;
  }

  static async open(
    backend: Backend | undefined,
    args: OpenArguments,
    timeout: number,
    onEvent: EventListener,
  ): Promise<ThreadIsolation> {
    return new ThreadIsolation(await LaneConnection.open(backend, args, timeout, onEvent));
  }

  call<Name extends DataCallName>(
    name: Name,
    args: CallArguments<Name>,
    timeout: number,
  ): Promise<CallResult<Name>> {
    return this.#connection.call(name, args, timeout);
  }

  async openSocket<Name extends DescriptorCallName>(
    name: Name,
    args: CallArguments<Name>,
    timeout: number,
  ): Promise<Socket> {
    const fd: number = await this.#connection.call<DescriptorCallName>(name, args, timeout);
    return new Socket({ fd, readable: true, writable: true });
  }

  close(timeout: number): Promise<number> {
    return this.#connection.close(timeout);
  }
}
