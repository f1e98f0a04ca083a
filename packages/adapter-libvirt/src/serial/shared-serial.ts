import { Duplex } from 'node:stream';

/** A watcher that is this far behind is left behind, in bytes: the user of the console does not wait for it. */
const watcherLag = 1024 * 1024;

/**
 * One serial console and those who are at it: a user, who reads and types, and any number of watchers, who
 * read. It ends when the user leaves or the console ends.
 */
export class SharedSerial {
  /** The user's end. */
  readonly user: Duplex;
  readonly #console: Duplex;
  readonly #watchers = new Set<Watcher>();

  /** `console` is owned from now on. */
  constructor(console: Duplex) {
    this.#console = console;
    this.user = new UserEnd(console);
    console.on('data', (chunk: Buffer) => {
      for (const watcher of this.#watchers) watcher.show(chunk);
      if (!this.user.push(chunk)) console.pause();
    });
    console.once('end', () => void this.user.push(null));
    console.once('error', (error: Error) => this.user.destroy(error));
    console.once('close', () => {
      // what was printed last is still to be read where the console ended in order
      if (console.readableEnded) this.user.end();
      else this.user.destroy();
    });
    this.user.once('close', () => {
      for (const watcher of this.#watchers) watcher.destroy();
    });
  }

  get ended(): boolean {
    return this.user.destroyed;
  }

  /** A further end that shows what the console prints from now on, and takes no input. */
  watch(): Duplex {
    const watcher = new Watcher();
    this.#watchers.add(watcher);
    watcher.once('close', () => this.#watchers.delete(watcher));
    return watcher;
  }

  /** Sends everybody away. Resolves when the console is free. */
  async end(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#console.once('close', () => resolve()));
    this.user.destroy();
    if (!this.#console.closed) await closed;
  }
}

class UserEnd extends Duplex {
  readonly #console: Duplex;

  constructor(console: Duplex) {
    super();
    this.#console = console;
  }

  override _read(): void {
    this.#console.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#console.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#console.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#console.destroy();
    done(error);
  }
}

class Watcher extends Duplex {
  /** Called for what the console prints. */
  show(chunk: Buffer): void {
    if (this.readableLength > watcherLag) this.destroy();
    else this.push(chunk);
  }

  override _read(): void {}

  override _write(_chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    done();
  }
}
