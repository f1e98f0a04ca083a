import type { ConnectionOptions } from 'node:tls';
import { type ClientOptions, WebSocket } from 'ws';

type ViewerOptions = ClientOptions & Pick<ConnectionOptions, 'servername'>;

/** A serial console as a page has it: text both ways through a WebSocket. */
export class SerialViewer {
  /** The close code and reason that it gets. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #socket: WebSocket;
  #text = '';
  #heard: (() => void) | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      this.#text += data.toString('latin1');
      this.#heard?.();
    });
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  /** @throws Error with the status where the handshake is refused */
  static async open(url: string, options: ViewerOptions = {}): Promise<SerialViewer> {
    const socket = new WebSocket(url, ['binary'], options);
    const viewer = new SerialViewer(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('unexpected-response', (_, { statusCode }) =>
        reject(new Error(`refused with ${statusCode}`)),
      );
      socket.once('error', reject);
    });
    return viewer;
  }

  /** Types a command at the shell and waits for what it answers: proof that bytes flow both ways. */
  async says(word: string, timeout = 10_000): Promise<void> {
    const before = this.#text.length;
    this.#socket.send(Buffer.from(`echo ${word}\r`), { binary: true });
    const deadline = AbortSignal.timeout(timeout);
    while (!this.#text.includes(`\n${word}`, before)) {
      await new Promise<void>((resolve, reject) => {
        this.#heard = resolve;
        deadline.addEventListener('abort', () => reject(new Error(`no ${word} in ${this.#text}`)), {
          once: true,
        });
        this.closed.then(({ code }) => reject(new Error(`closed with ${code}`)));
      });
    }
  }

  close(): void {
    this.#socket.terminate();
  }
}
