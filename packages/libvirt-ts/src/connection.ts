import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type {
  CallArguments,
  CallResult,
  DescriptorCallName,
  DomainIdentity,
  OpenArguments,
} from './calls/calls.js';
import { Domain } from './domain.js';
import type { GraphicsEvent, LifecycleEvent } from './domain-events.js';
import type { DataCallName, Isolation } from './isolation/isolation.js';
import { ProcessIsolation } from './isolation/process-isolation.js';
import { ThreadIsolation } from './isolation/thread-isolation.js';
import type { ConnectionEvent } from './lanes/lane-message.js';
import { connectionError, LibvirtError, LibvirtErrorCode } from './libvirt-error.js';
import type { Backend } from './native/native-library.js';

export interface ConnectionOptions {
  /** A read-only connection gives no secrets, no displays and no consoles. Default false. */
  readOnly?: boolean;
  /** Answers when the daemon asks for a user name and a password (SASL). */
  username?: string;
  password?: string;
  /**
   * Asks a silent daemon every `interval` s and gives it up after `count` unanswered ones. Default 5 s, 3.
   * `false` turns it off.
   */
  keepAlive?: { interval: number; count: number } | false;
  /** How long opening may take, in ms. Default 10 000. */
  openTimeout?: number;
  /** How long any other call may take, in ms. Default 10 000. */
  callTimeout?: number;
  /**
   * Where libvirt is called. `process` (default): in a child process, which is killed when it hangs.
   * `thread`: in threads of this process, for tools and tests; a hanging call keeps the process from exiting.
   */
  isolation?: 'process' | 'thread';
  /** The FFI package. Default: ffi-napi if it loads, else koffi. */
  backend?: Backend;
}

interface ConnectionEvents {
  /** Once. Without an error after {@link Connection.close}, with one when the connection was lost. */
  close: [error?: LibvirtError];
  lifecycle: [event: LifecycleEvent];
  graphics: [event: GraphicsEvent];
}

const defaultTimeout = 10_000;
const defaultKeepAlive = { interval: 5, count: 3 };
const noKeepAlive = { interval: 0, count: 0 };
const uuidPattern = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** A connection to a libvirt daemon. Every method rejects with a {@link LibvirtError}. */
export class Connection extends EventEmitter<ConnectionEvents> implements AsyncDisposable {
  readonly uri: string;
  readonly #callTimeout: number;
  #isolation: Isolation | undefined;
  #closing: Promise<number> | undefined;
  #lost: LibvirtError | undefined;

  private constructor(uri: string, callTimeout: number) {
    super();
    this.uri = uri;
    this.#callTimeout = callTimeout;
  }

  /**
   * Opens `uri` (https://libvirt.org/uri.html). Rejects when libvirt cannot be loaded, the daemon refuses or
   * is not there, or `openTimeout` passes.
   */
  static async open(uri: string, options: ConnectionOptions = {}): Promise<Connection> {
    const { callTimeout = defaultTimeout, openTimeout = defaultTimeout, backend } = options;
    const connection = new Connection(uri, callTimeout);
    const isolation = options.isolation === 'thread' ? ThreadIsolation : ProcessIsolation;
    const onEvent = (event: ConnectionEvent): void => connection.#onEvent(event);
    try {
      connection.#isolation = await isolation.open(
        backend,
        openArguments(uri, options),
        openTimeout,
        onEvent,
      );
    } catch (error) {
      throw LibvirtError.from(error, 'open');
    }
    return connection;
  }

  /** False once the connection is closed or lost; asks no daemon. */
  get isOpen(): boolean {
    return this.#lost === undefined && this.#closing === undefined;
  }

  /** Whether libvirt thinks that the connection lives. A frozen daemon is noticed by keep-alive only. */
  async isAlive(): Promise<boolean> {
    return this.isOpen && (await this.call('isAlive', {}));
  }

  /** The daemon's host name. */
  hostname(): Promise<string> {
    return this.call('hostname', {});
  }

  async listDomains(filter: { only?: 'active' | 'inactive' } = {}): Promise<Domain[]> {
    const identities = await this.call('listDomains', filter);
    return identities.map((identity) => new Domain(this, identity));
  }

  /** Rejects with `noDomain` when there is none. */
  async lookupByUUID(uuid: string): Promise<Domain> {
    if (!uuidPattern.test(uuid)) throw noDomain('virDomainLookupByUUIDString', 'not a UUID');
    return new Domain(this, await this.call('lookup', { uuid }));
  }

  /** Rejects with `noDomain` when there is none. */
  async lookupByName(name: string): Promise<Domain> {
    return new Domain(this, await this.call('lookup', { name }));
  }

  /** A domain of this UUID, not asked for yet: its first call looks it up. */
  domain(identity: DomainIdentity): Domain {
    return new Domain(this, identity);
  }

  /**
   * Closes the connection with its consoles. Sockets of displays live on. Resolves with the number of
   * references that libvirt still holds, 0 unless something leaks. Further calls give the same answer.
   */
  close(): Promise<number> {
    if (this.#lost !== undefined) return Promise.resolve(0);
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** @internal */
  async call<Name extends DataCallName>(name: Name, args: CallArguments<Name>): Promise<CallResult<Name>> {
    return this.#opened(name).call(name, args, this.#callTimeout);
  }

  /** @internal */
  async openSocket<Name extends DescriptorCallName>(name: Name, args: CallArguments<Name>): Promise<Socket> {
    return this.#opened(name).openSocket(name, args, this.#callTimeout);
  }

  #opened(call: string): Isolation {
    if (this.#closing !== undefined) throw connectionError(call, 'the connection is closed');
    if (this.#lost !== undefined || this.#isolation === undefined) {
      throw connectionError(call, `the connection is lost: ${this.#lost?.message}`);
    }
    return this.#isolation;
  }

  async #close(): Promise<number> {
    const references = (await this.#isolation?.close(this.#callTimeout)) ?? 0;
    this.emit('close');
    return references;
  }

  #onEvent(event: ConnectionEvent): void {
    if (!this.isOpen) return;
    if (event.type === 'lifecycle') this.emit('lifecycle', event.event);
    else if (event.type === 'graphics') this.emit('graphics', event.event);
    else this.#lose(event.reason);
  }

  #lose(reason: string): void {
    this.#lost = connectionError('connection', reason);
    this.#isolation?.close(this.#callTimeout).catch(() => {}); // frees what is left; nothing more can be done
    this.emit('close', this.#lost);
  }
}

function openArguments(uri: string, options: ConnectionOptions): OpenArguments {
  const { readOnly = false, username, password, keepAlive = defaultKeepAlive } = options;
  return {
    uri,
    readOnly,
    keepAlive: keepAlive === false ? noKeepAlive : keepAlive,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
}

function noDomain(call: string, message: string): LibvirtError {
  return new LibvirtError({ code: LibvirtErrorCode.noDomain, domain: 0, level: 'error', message, call });
}
