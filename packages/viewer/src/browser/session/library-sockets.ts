import type { Ending } from './console-session.js';

/** What passes between a library and the gateway, for a page that has to mend it on the way. */
export interface LibraryTraffic {
  /** What is sent from then on is left alone; before, each side waits for the other, so that none overtakes another. */
  readonly opened: boolean;
  sent(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>;
  /** @returns what the library is to receive; nothing where it has to wait */
  received(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>;
}

export interface LibrarySocketsOptions {
  readonly subprotocol?: string;
  readonly traffic?: LibraryTraffic;
}

/**
 * What a library finds in place of the browser's WebSocket, so that it can stay as it is: its sockets go to the gateway
 * that the page chose, the library never sees the token, which it could write to the browser's console, and the page
 * learns how a socket ended.
 */
export class LibrarySockets {
  static #current: LibrarySockets | undefined;
  readonly #url: URL;
  readonly #subprotocol: string | undefined;
  readonly #traffic: LibraryTraffic | undefined;
  readonly #ended: (ending: Ending) => void;
  readonly #sockets: WebSocket[] = [];

  /** From now on until the next one, the library's sockets belong to this. */
  constructor(url: URL, ended: (ending: Ending) => void, options: LibrarySocketsOptions = {}) {
    this.#url = url;
    this.#subprotocol = options.subprotocol;
    this.#traffic = options.traffic;
    this.#ended = ended;
    LibrarySockets.#current = this;
  }

  static install(): void {
    class LibrarySocket extends WebSocket {
      readonly #mended: LibraryTraffic | undefined;

      constructor() {
        const sockets = LibrarySockets.#current;
        if (sockets === undefined) throw new Error('no session is open');
        super(sockets.#url, sockets.#subprotocol);
        Object.defineProperty(this, 'url', { value: 'the gateway' });
        sockets.#watch(this);
        this.#mended = sockets.#traffic;
        if (this.#mended !== undefined) mendMessages(this, this.#mended);
      }

      override send(data: string | Blob | BufferSource): void {
        const traffic = this.#mended;
        if (!(data instanceof Blob) || traffic === undefined || traffic.opened) super.send(data);
        else void data.arrayBuffer().then((read) => super.send(traffic.sent(new Uint8Array(read))));
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

/** The library, which listens later, hears only of messages that are made here. */
function mendMessages(socket: WebSocket, traffic: LibraryTraffic): void {
  socket.addEventListener('message', (event) => {
    if (!event.isTrusted || !(event.data instanceof ArrayBuffer)) return;
    event.stopImmediatePropagation();
    const bytes = traffic.received(new Uint8Array(event.data));
    if (bytes.length === 0) return;
    socket.dispatchEvent(new MessageEvent('message', { data: bytes.slice().buffer }));
  });
}
