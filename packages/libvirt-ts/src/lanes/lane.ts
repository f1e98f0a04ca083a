import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { CallArguments, CallName } from '../calls/calls.js';
import { connectionError, LibvirtError } from '../libvirt-error.js';
import type { Pointer } from '../native/native-library.js';
import type { ConnectionEvent, LaneOptions, LaneRequest, LaneResponse } from './lane-message.js';

export type LaneKind = 'call' | 'event';

interface Settlers {
  resolve(value: unknown): void;
  reject(error: LibvirtError): void;
}

/** A thread that talks to libvirt, one call at a time. */
export class Lane {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  #settlers: Settlers | undefined;
  #failure: LibvirtError | undefined;
  #wakeTimer = -1;

  private constructor(worker: Worker, onEvent: (connection: Pointer, event: ConnectionEvent) => void) {
    this.#worker = worker;
    worker.on('message', (response: LaneResponse) => {
      if (response.type === 'event') onEvent(response.connection, response.event);
      else this.#answer(response);
    });
    worker.on('error', (error) => this.#fail(LibvirtError.from(error, 'start')));
    this.#exited = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#fail(connectionError('start', 'the thread that talks to libvirt has ended'));
        resolve();
      });
    });
  }

  /** Starts the thread. Rejects when it cannot load libvirt. */
  static async start(
    kind: LaneKind,
    options: LaneOptions,
    onEvent: (connection: Pointer, event: ConnectionEvent) => void,
  ): Promise<Lane> {
    // by the package's own import map: the file is JavaScript even when this one runs as TypeScript in a test
    const file = createRequire(import.meta.url).resolve(`#${kind}-lane`);
    const worker = new Worker(file, {
      workerData: options,
      execArgv: [],
      trackUnmanagedFds: false, // it closes descriptors that C opened and gives away others
      resourceLimits: { maxYoungGenerationSizeMb: 2 }, // calls leave little behind; more would only be kept
      name: `libvirt ${kind}s`,
    });
    const lane = new Lane(worker, onEvent);
    lane.#wakeTimer = (await lane.#settled()) as number;
    return lane;
  }

  /** libvirt's timer that wakes an event lane. */
  get wakeTimer(): number {
    return this.#wakeTimer;
  }

  get busy(): boolean {
    return this.#settlers !== undefined;
  }

  get ended(): boolean {
    return this.#failure !== undefined;
  }

  /** Runs one call to its end, however long it takes. Only while not {@link busy}. */
  run(name: CallName, connection: Pointer, args: CallArguments<CallName>): Promise<unknown> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#worker.postMessage({ type: 'call', name, connection, arguments: args } satisfies LaneRequest);
    return this.#settled();
  }

  /** Makes the thread look whether its connections are alive. */
  check(): void {
    this.#worker.postMessage({ type: 'check' } satisfies LaneRequest);
  }

  /** Ends the thread. A thread that hangs in a call is left behind and no longer keeps the process alive. */
  async stop(): Promise<void> {
    this.#worker.postMessage({ type: 'stop' } satisfies LaneRequest);
    if (this.busy) this.#worker.unref();
    else await this.#exited;
  }

  #settled(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#settlers = { resolve, reject };
    });
  }

  #answer(response: Exclude<LaneResponse, { type: 'event' }>): void {
    const settlers = this.#settlers;
    this.#settlers = undefined;
    if (response.type === 'ready') settlers?.resolve(response.wakeTimer);
    else if (response.type === 'result') settlers?.resolve(response.value);
    else settlers?.reject(new LibvirtError(response.error));
  }

  #fail(error: LibvirtError): void {
    this.#failure ??= error;
    this.#settlers?.reject(this.#failure);
    this.#settlers = undefined;
  }
}
