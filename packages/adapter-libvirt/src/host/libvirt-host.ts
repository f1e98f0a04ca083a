import { hypervisorUnavailable, type Logger, type Secret, type ServerEvent } from '@remote-consoles/core';
import { Connection, type ConnectionOptions, LibvirtError, LibvirtErrorCode } from 'libvirt-ts';
import { ActiveDomains } from './active-domains.js';
import { backOff } from './back-off.js';
import type { HostUri } from './host-uri.js';

export interface LibvirtHostOptions {
  readonly name: string;
  readonly uri: HostUri;
  /** What its displays are dialled by when they listen on all of its addresses. */
  readonly address: string | undefined;
  readonly username: string | undefined;
  readonly password: Secret | undefined;
  /** ms */
  readonly connectTimeout: number;
  /** ms */
  readonly callTimeout: number;
}

/** What a host needs of its surroundings. */
export interface LibvirtHostContext {
  /** The hypervisor's configured name, for errors that clients may see. */
  readonly hypervisor: string;
  readonly logger: Logger;
  onEvent(host: LibvirtHost, event: ServerEvent): void;
  /** Opens a connection; tests give their own. */
  readonly open?: (uri: string, options: ConnectionOptions) => Promise<Connection>;
}

/** One libvirt daemon: one connection to it, which is opened again, with growing pauses, when it is lost. */
export class LibvirtHost {
  readonly name: string;
  readonly uri: HostUri;
  readonly address: string | undefined;
  readonly #options: LibvirtHostOptions;
  readonly #context: LibvirtHostContext;
  readonly #domains = new ActiveDomains();
  #connection: Connection | undefined;
  #connecting: Promise<Connection> | undefined;
  #failures = 0;
  #lastFailure: unknown;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: LibvirtHostOptions, context: LibvirtHostContext) {
    this.name = options.name;
    this.uri = options.uri;
    this.address = options.address;
    this.#options = options;
    this.#context = context;
  }

  /** Begins to connect, so that events come in before anybody asks. */
  start(): void {
    this.#connect().catch(() => undefined);
  }

  /**
   * Works with the open connection, once more with a new one if it breaks. What libvirt refuses is thrown as
   * it is; a host that is known to be down is not waited for.
   *
   * @throws ConsoleError `hypervisor-unavailable`; LibvirtError
   */
  async use<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    const connection = await this.#usable();
    try {
      return await work(connection);
    } catch (error) {
      if (!(error instanceof LibvirtError)) throw error;
      if (!error.connectionLost) throw this.#asUnavailable(error);
      this.#lose(connection, error);
    }
    const fresh = await this.#usable();
    return await work(fresh).catch((error: unknown) => {
      throw this.#asUnavailable(error);
    });
  }

  /**
   * {@link use} for questions that libvirt has no reason to refuse: where it does, its words go to the log.
   *
   * @throws ConsoleError `hypervisor-unavailable`
   */
  async ask<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    try {
      return await this.use(work);
    } catch (error) {
      if (!(error instanceof LibvirtError)) throw error;
      const { call, message } = error;
      this.#context.logger.warn({ host: this.name, call, reason: message }, 'libvirt refused a call');
      throw hypervisorUnavailable(this.#context.hypervisor, error);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await this.#connecting?.catch(() => undefined);
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.close().catch(() => undefined);
  }

  /** A deadline that passed, or a connection that broke twice, is the host's failure; the rest is an answer. */
  #asUnavailable(error: unknown): unknown {
    const failed =
      error instanceof LibvirtError &&
      (error.connectionLost || error.code === LibvirtErrorCode.operationTimeout);
    return failed ? hypervisorUnavailable(this.#context.hypervisor, error) : error;
  }

  async #usable(): Promise<Connection> {
    if (this.#connection !== undefined) return this.#connection;
    if (this.#closed || this.#failures > 0) throw this.#unavailable();
    return await this.#connect().catch(() => {
      throw this.#unavailable();
    });
  }

  #unavailable(): Error {
    return hypervisorUnavailable(this.#context.hypervisor, this.#lastFailure);
  }

  #connect(): Promise<Connection> {
    this.#connecting ??= this.#open().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #open(): Promise<Connection> {
    clearTimeout(this.#retry);
    try {
      const connection = await this.#opened();
      this.#connection = connection;
      this.#failures = 0;
      this.#context.logger.info({ host: this.name }, 'connected to libvirt');
      return connection;
    } catch (error) {
      this.#lastFailure = error;
      this.#failures++;
      this.#tellFailure(error);
      if (!this.#closed)
        this.#retry = setTimeout(() => this.start(), backOff(this.#failures, Math.random())).unref();
      throw error;
    }
  }

  /** A connection whose events are followed from the state that the host is in now. */
  async #opened(): Promise<Connection> {
    const { username, password, connectTimeout, callTimeout } = this.#options;
    const open = this.#context.open ?? ((uri, options) => Connection.open(uri, options));
    const connection = await open(this.uri.text, {
      openTimeout: connectTimeout,
      callTimeout,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password: password.reveal() }),
    });
    try {
      if (this.#closed) throw new Error('closed while connecting');
      connection.on('lifecycle', (event) => {
        const told = this.#domains.follow(event);
        if (told !== undefined) this.#context.onEvent(this, told);
      });
      connection.once('close', (error) => this.#lose(connection, error));
      const missed = await this.#domains.refresh(() => connection.listDomains({ only: 'active' }));
      for (const event of missed) this.#context.onEvent(this, event);
      return connection;
    } catch (error) {
      await connection.close().catch(() => undefined);
      throw error;
    }
  }

  #lose(connection: Connection, error: LibvirtError | undefined): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    this.#lastFailure = error;
    connection.close().catch(() => undefined);
    if (this.#closed) return;
    this.#context.logger.warn({ host: this.name, reason: error?.message }, 'lost the connection to libvirt');
    this.start();
  }

  /** Once for each outage, not once for each attempt. */
  #tellFailure(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    const level = this.#failures === 1 && !this.#closed ? 'warn' : 'debug';
    this.#context.logger[level]({ host: this.name, reason }, 'cannot connect to libvirt');
  }
}
