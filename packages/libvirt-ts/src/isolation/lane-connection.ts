import type { CallArguments, CallResult, DescriptorCallName, OpenArguments } from '../calls/calls.js';
import { timeoutError } from '../libvirt-error.js';
import { type Backend, NULL, type Pointer } from '../native/native-library.js';
import type { DataCallName, EventListener } from './isolation.js';
import { joinSharedLanes, leaveSharedLanes, type SharedLanes } from './shared-lanes.js';

/** A connection on this process's own libvirt threads. It gives file descriptors, not sockets. */
export class LaneConnection {
  readonly #shared: SharedLanes;
  readonly #pointer: Pointer;

  private constructor(shared: SharedLanes, pointer: Pointer) {
    this.#shared = shared;
    this.#pointer = pointer;
  }

  /** Rejects with a LibvirtError, at the latest `timeout` ms after the threads run. */
  static async open(
    backend: Backend | undefined,
    args: OpenArguments,
    timeout: number,
    onEvent: EventListener,
  ): Promise<LaneConnection> {
    const shared = await joinSharedLanes(backend);
    let connection: LaneConnection | undefined;
    try {
      const end = performance.now() + timeout;
      connection = new LaneConnection(shared, await shared.lanes.call('open', NULL, args, timeout));
      shared.listeners.set(connection.#pointer, onEvent);
      await shared.lanes.call('watch', connection.#pointer, {}, Math.max(1, end - performance.now()));
      return connection;
    } catch (error) {
      if (connection === undefined) await leaveSharedLanes();
      else await connection.close(timeout).catch(() => {});
      throw error;
    }
  }

  call<Name extends DataCallName | DescriptorCallName>(
    name: Name,
    args: CallArguments<Name>,
    timeout: number,
  ): Promise<CallResult<Name>> {
    return this.#shared.lanes.call(name, this.#pointer, args, timeout);
  }

  /**
   * Closes when no thread works for the connection any more: at once as a rule. After `timeout` it rejects,
   * and goes on waiting.
   */
  close(timeout: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(timeoutError('close', timeout)), timeout);
      this.#close(timeout)
        .finally(() => clearTimeout(timer))
        .then(resolve, reject);
    });
  }

  async #close(timeout: number): Promise<number> {
    const { lanes, listeners } = this.#shared;
    listeners.delete(this.#pointer);
    try {
      await lanes.idle(this.#pointer);
      await lanes.call('unwatch', this.#pointer, {}, timeout);
      return await lanes.call('close', this.#pointer, {}, timeout);
    } finally {
      await leaveSharedLanes();
    }
  }
}
