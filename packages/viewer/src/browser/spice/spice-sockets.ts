import type { Ending } from '../session/console-session.js';

/**
 * What spice-html5 finds in place of two of the browser's own classes, so that it can stay as it is:
 *
 * - its sockets, one for each channel, go to the gateway that the page chose; the library never sees the token, which it
 *   would write to the browser's console;
 * - no VP8, which it would show in an element that neither scales nor is allowed by the page's policy. Servers send
 *   MJPEG instead.
 */
export class SpiceSockets {
  static #current: SpiceSockets | undefined;
  readonly #url: URL;
  readonly #ended: (ending: Ending) => void;
  readonly #sockets: WebSocket[] = [];

  /** From now on until the next one, the library's sockets belong to this. */
  constructor(url: URL, ended: (ending: Ending) => void) {
    this.#url = url;
    this.#ended = ended;
    SpiceSockets.#current = this;
  }

  static install(): void {
    class ChannelSocket extends WebSocket {
      constructor() {
        const sockets = SpiceSockets.#current;
        if (sockets === undefined) throw new Error('no SPICE session is open');
        super(sockets.#url);
        Object.defineProperty(this, 'url', { value: 'the gateway' });
        sockets.#watch(this);
      }
    }
    window.WebSocket = ChannelSocket;
    if ('MediaSource' in window) {
      const supported = MediaSource.isTypeSupported.bind(MediaSource);
      MediaSource.isTypeSupported = (type) => !/vp8/i.test(type) && supported(type);
    }
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
    // The channels are one console: without one of them the others are of no use.
    socket.addEventListener('close', ({ code, reason }) => {
      this.#ended(opened ? { kind: 'closed', code, reason } : { kind: 'never-opened' });
    });
  }
}
