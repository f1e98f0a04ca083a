import type { AddressInfo } from 'node:net';
import type { Listener } from '../config/listener.js';
import { type ListenerSettings, type OpenListener, openListener } from './open-listener.js';

/** All places where a process accepts connections. */
export class Listeners {
  readonly #opened: OpenListener[] = [];

  /** Opens one after the other. @throws what `openListener` throws; those before it are open then */
  async open(listeners: readonly Listener[], settings: ListenerSettings): Promise<void> {
    for (const listener of listeners) this.#opened.push(await openListener(listener, settings));
  }

  /** Where they are, in the order in which they were opened. */
  get addresses(): readonly AddressInfo[] {
    return this.#opened.map(({ address }) => address);
  }

  /** Reads the files of all certificates again. Never rejects. */
  async reloadCertificates(): Promise<void> {
    await Promise.all(this.#opened.map((listener) => listener.reloadCertificate()));
  }

  /** Accepts no more connections. Resolves when those that are open have ended. */
  async stop(): Promise<void> {
    await Promise.all(this.#opened.map((listener) => listener.stop()));
  }

  /** Cuts the connections of requests; sessions stay. */
  cutRequests(): void {
    for (const listener of this.#opened) listener.cutRequests();
  }
}
