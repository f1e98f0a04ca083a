import type { Ending } from './console-session.js';

/**
 * What a library finds in place of the browser's WebSocket, so that it can stay as it is: its sockets go to the gateway
 * that the page chose, the library never sees the token, which it could write to the browser's console, and the page
 * learns how a socket ended.
 */
export class LibrarySockets {
  static #current: LibrarySockets | undefined;
  readonly #url: URL;
  readonly #subprotocol: string | undefined;
  readonly #ended: (ending: Ending) => void;
  readonly #sockets: WebSocket[] = [];

  /** From now on until the next one, the library's sockets belong to this. */
  constructor(url: URL, ended: (ending: Ending) => void, subprotocol?: string) {
    this.#url = url;
    this.#subprotocol = subprotocol;
    this.#ended = ended;
    LibrarySockets.#current = this;
  }

  static install(): void {
    class LibrarySocket extends WebSocket {
      constructor() {
        const sockets = LibrarySockets.#current;
        if (sockets === undefined) throw new Error('no session is open');
        super(sockets.#url, sockets.#subprotocol);
        Object.defineProperty(this, 'url', { value: 'the gateway' });
        sockets.#watch(this);
      }
    }
    window.WebSocket = LibrarySocket;
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }

  #watch(socket: WebSocket): void {
    let opened = false;
    this.#sockets.push(socket);
    socket.addEventListener('open', () => {
      opened = true;
    });
    // All sockets of a session are one console: without one of them the others are of no use.
    socket.addEventListener('close', ({ code, reason, isTrusted }) => {
      // A library may tell itself that it closes; the browser tells how that ended.
      if (!isTrusted) return;
      this.#ended(opened ? { kind: 'closed', code, reason } : { kind: 'never-opened' });
    });
  }
}
