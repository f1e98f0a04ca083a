import { closeSync } from 'node:fs';
import {
  type CallArguments,
  type CallName,
  type CallResult,
  isDescriptorCall,
  isEventCall,
} from '../calls/calls.js';
import { LibvirtError, timeoutError } from '../libvirt-error.js';
import { Libvirt } from '../native/libvirt.js';
import type { Backend, Pointer } from '../native/native-library.js';
import { backendForWorkers } from '../native/open-native-library.js';
import { Lane } from './lane.js';
import type { ConnectionEvent } from './lane-message.js';

/**
 * A domain whose monitor hangs makes each call about it wait for up to 30 s; so many such calls may wait
 * while calls about other domains go on.
 */
const maximumCallLanes = 4;

interface Job {
  name: CallName;
  connection: Pointer;
  arguments: CallArguments<CallName>;
  settled: boolean;
  settle(outcome: { value: unknown } | { error: LibvirtError }): void;
}

export interface LanesListener {
  onEvent(connection: Pointer, event: ConnectionEvent): void;
  /** No thread is left that answers. */
  onStuck(reason: string): void;
}

/**
 * The threads that talk to libvirt: one that runs its event loop, and as many for calls as there are calls
 * at a time, up to a limit. Each call has a deadline; a thread that is late counts as lost until it answers.
 */
export class Lanes {
  readonly #backend: Backend;
  readonly #libvirt: Libvirt;
  readonly #listener: LanesListener;
  readonly #stop = new Int32Array(new SharedArrayBuffer(4));
  readonly #queues: Record<'call' | 'event', Job[]> = { call: [], event: [] };
  readonly #running = new Map<Lane, Job>();
  readonly #calls: Lane[] = [];
  #finished: (() => void)[] = [];
  #startingCalls = 0;
  #events: Lane | undefined;
  readonly #onExit = (): void => {
    Atomics.store(this.#stop, 0, 1); // Node waits for its threads, and a message no longer reaches them
    this.#wake();
  };

  private constructor(backend: Backend | undefined, listener: LanesListener) {
    this.#libvirt = new Libvirt(backendForWorkers(backend)); // in this thread before the workers load it
    this.#backend = this.#libvirt.native.backend;
    this.#listener = listener;
  }

  /** Starts the event thread and one for calls. Rejects when libvirt cannot be loaded. */
  static async start(backend: Backend | undefined, listener: LanesListener): Promise<Lanes> {
    const lanes = new Lanes(backend, listener);
    const options = { backend: lanes.#backend, stop: lanes.#stop };
    const [events] = await Promise.all([
      Lane.start('event', options, (connection, event) => listener.onEvent(connection, event)),
      lanes.#addCallLane(),
    ]);
    lanes.#events = events;
    process.on('exit', lanes.#onExit);
    return lanes;
  }

  get backend(): Backend {
    return this.#backend;
  }

  /**
   * Makes one call. Rejects with a {@link LibvirtError}, at the latest after `timeout` ms. What a late answer
   * brings is given back to libvirt.
   */
  call<Name extends CallName>(
    name: Name,
    connection: Pointer,
    args: CallArguments<Name>,
    timeout: number,
  ): Promise<CallResult<Name>> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#expire(job, timeout), timeout);
      const job: Job = {
        name,
        connection,
        arguments: args,
        settled: false,
        settle: (outcome) => {
          job.settled = true;
          clearTimeout(timer);
          if ('value' in outcome) resolve(outcome.value as CallResult<Name>);
          else reject(outcome.error);
        },
      };
      this.#queues[isEventCall(name) ? 'event' : 'call'].push(job);
      this.#dispatch();
    });
  }

  /** Resolves when no thread works for `connection`, so that it can be closed. */
  async idle(connection: Pointer): Promise<void> {
    while ([...this.#running.values()].some((job) => job.connection === connection)) {
      await new Promise<void>((resolve) => this.#finished.push(resolve));
    }
  }

  /** Ends the threads; resolves when those that do not hang have ended. */
  async stop(): Promise<void> {
    process.off('exit', this.#onExit);
    const stopped = [...this.#calls, this.#events].map((lane) => lane?.stop());
    this.#wake();
    await Promise.all(stopped);
  }

  #wake(): void {
    if (this.#events !== undefined) this.#libvirt.functions.virEventUpdateTimeout(this.#events.wakeTimer, 0);
  }

  #dispatch(): void {
    const { call: calls, event: events } = this.#queues;
    if (events.length > 0 && this.#events?.busy === false) {
      this.#run(this.#events, events.shift());
      this.#wake();
    }
    for (const lane of this.#calls) if (!lane.busy) this.#run(lane, calls.shift());
    const lanes = this.#calls.length + this.#startingCalls;
    if (calls.length > this.#startingCalls && lanes < maximumCallLanes) void this.#addCallLane();
  }

  async #addCallLane(): Promise<void> {
    this.#startingCalls++;
    try {
      this.#calls.push(await Lane.start('call', { backend: this.#backend, stop: this.#stop }, () => {}));
    } catch (error) {
      const job = this.#queues.call.shift();
      job?.settle({ error: LibvirtError.from(error, job.name) });
    } finally {
      this.#startingCalls--;
    }
    this.#dispatch();
  }

  async #run(lane: Lane, job: Job | undefined): Promise<void> {
    if (job === undefined) return;
    this.#running.set(lane, job);
    try {
      const value = await lane.run(job.name, job.connection, job.arguments);
      if (job.settled) this.#giveBack(job, value);
      else job.settle({ value });
    } catch (error) {
      const failure = LibvirtError.from(error, job.name);
      if (failure.connectionLost) this.#checkConnections();
      if (!job.settled) job.settle({ error: failure });
    }
    this.#running.delete(lane);
    for (const resolve of this.#finished.splice(0)) resolve();
    if (lane.ended) this.#forget(lane);
    this.#dispatch();
  }

  /** An answer that nobody waits for any more: what it holds would leak. */
  #giveBack(job: Job, value: unknown): void {
    if (isDescriptorCall(job.name)) closeSync(value as number);
    if (job.name === 'open') this.call('close', value as Pointer, {}, 60_000).catch(() => {});
  }

  #checkConnections(): void {
    this.#events?.check();
    this.#wake();
  }

  #forget(lane: Lane): void {
    const index = this.#calls.indexOf(lane);
    if (index >= 0) this.#calls.splice(index, 1);
    else this.#listener.onStuck('the thread that runs libvirt’s event loop has ended');
  }

  #expire(job: Job, timeout: number): void {
    job.settle({ error: timeoutError(job.name, timeout) });
    for (const queue of Object.values(this.#queues)) {
      const index = queue.indexOf(job);
      if (index >= 0) queue.splice(index, 1);
    }
    const late = (lane: Lane): boolean => this.#running.get(lane)?.settled === true;
    const noCalls = this.#calls.length === maximumCallLanes && this.#calls.every(late);
    if (noCalls || (this.#events !== undefined && late(this.#events)))
      this.#listener.onStuck('libvirt does not answer');
  }
}
