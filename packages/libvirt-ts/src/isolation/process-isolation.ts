import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { Socket } from 'node:net';
import type { CallArguments, CallResult, DescriptorCallName, OpenArguments } from '../calls/calls.js';
import { connectionError, LibvirtError, timeoutError } from '../libvirt-error.js';
import type { Backend } from '../native/native-library.js';
import type { DataCallName, EventListener, Isolation } from './isolation.js';
import type { ProcessRequest, ProcessResponse } from './process-message.js';

/** The child keeps its own deadlines; one that does not even say so within this many ms is killed. */
const graceTime = 1000;

interface Pending {
  timer: NodeJS.Timeout;
  resolve(value: unknown): void;
  reject(error: LibvirtError): void;
}

type Unnumbered<Request> = Request extends ProcessRequest ? Omit<Request, 'id'> : never;

/**
 * A connection in a child process. A call that hangs or an FFI crash costs that process alone: sockets that
 * it gave away live on, except those of consoles, whose bytes it carries.
 */
export class ProcessIsolation implements Isolation {
  readonly #child: ChildProcess;
  readonly #onEvent: EventListener;
  readonly #pending = new Map<number, Pending>();
  readonly #ended: Promise<void>;
  #nextId = 1;
  #ending = false;

  private constructor(child: ChildProcess, onEvent: EventListener) {
    this.#child = child;
    this.#onEvent = onEvent;
    child.on('message', (message, handle) => this.#onMessage(message as ProcessResponse, handle));
    this.#ended = new Promise<string>((resolve) => {
      child.once('exit', () => resolve('the libvirt process ended'));
      child.once('error', (error) => resolve(`the libvirt process cannot be run: ${error.message}`));
    }).then((reason) => this.#onEnd(reason));
  }

  static async open(
    backend: Backend | undefined,
    args: OpenArguments,
    timeout: number,
    onEvent: EventListener,
  ): Promise<ProcessIsolation> {
    // by the package's own import map: the file is JavaScript even when this one runs as TypeScript in a test
    const child = fork(createRequire(import.meta.url).resolve('#process-main'), [], {
      execArgv: ['--max-semi-space-size=1'], // MiB: it passes messages on and keeps nothing
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const isolation = new ProcessIsolation(child, onEvent);
    try {
      await isolation.#request({ type: 'open', timeout, backend, arguments: args });
      return isolation;
    } catch (error) {
      isolation.#ending = true;
      await isolation.#kill();
      throw error;
    }
  }

  /** The child's process id, for tests and operators. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  async call<Name extends DataCallName>(
    name: Name,
    args: CallArguments<Name>,
    timeout: number,
  ): Promise<CallResult<Name>> {
    return (await this.#request({ type: 'call', name, timeout, arguments: args })) as CallResult<Name>;
  }

  async openSocket<Name extends DescriptorCallName>(
    name: Name,
    args: CallArguments<Name>,
    timeout: number,
  ): Promise<Socket> {
    return (await this.#request({ type: 'socket', name, timeout, arguments: args })) as Socket;
  }

  async close(timeout: number): Promise<number> {
    this.#ending = true;
    try {
      return (await this.#request({ type: 'close', timeout })) as number;
    } finally {
      await this.#kill();
    }
  }

  #request(request: Unnumbered<ProcessRequest>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      const call = 'name' in request ? request.name : request.type;
      if (!this.#child.connected) {
        reject(connectionError(call, 'the libvirt process has ended'));
        return;
      }
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(timeoutError(call, request.timeout));
        void this.#kill();
      }, request.timeout + graceTime);
      this.#pending.set(id, { timer, resolve, reject });
      this.#child.send({ ...request, id }, (error) => {
        if (error !== null) this.#settle(id)?.reject(connectionError(call, 'the libvirt process has ended'));
      });
    });
  }

  #onMessage(message: ProcessResponse, handle: unknown): void {
    if (message.type === 'event') {
      this.#onEvent(message.event);
      return;
    }
    const pending = this.#settle(message.id);
    if (message.type === 'error') pending?.reject(new LibvirtError(message.error));
    else if (message.type === 'result') pending?.resolve(message.value);
    else if (!(handle instanceof Socket))
      pending?.reject(connectionError('socket', 'the socket was lost on its way'));
    else if (pending === undefined) handle.destroy();
    else pending.resolve(handle);
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    clearTimeout(pending?.timer);
    return pending;
  }

  #onEnd(reason: string): void {
    for (const id of [...this.#pending.keys()]) this.#settle(id)?.reject(connectionError('process', reason));
    if (!this.#ending) this.#onEvent({ type: 'lost', reason });
  }

  async #kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}
