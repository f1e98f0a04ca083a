import { type DestinationStream, pino } from 'pino';

/** Characters that are written at once. */
const FULL = 65_536;

/**
 * Standard output, for lines. Those of one turn of the event loop are written together, in order, before the next turn
 * waits for anything: a system call for each line costs as much as the rest of the line.
 */
class StandardOutput implements DestinationStream {
  #lines = '';
  #destination: DestinationStream | undefined;
  readonly #flush = () => this.flush();

  write(line: string): void {
    if (this.#lines === '') this.#wait();
    this.#lines += line;
    if (this.#lines.length > FULL) this.flush();
  }

  /** Writes what is left. Called by itself at the end of a turn and of the process. */
  flush(): void {
    if (this.#lines === '') return;
    const lines = this.#lines;
    this.#lines = '';
    this.#destination?.write(lines);
  }

  #wait(): void {
    if (!this.#destination) {
      // pino's own waits for a reader that is slow, and falls silent when it has gone.
      this.#destination = pino.destination({ dest: 1, sync: true });
      process.on('exit', this.#flush);
    }
    setImmediate(this.#flush);
  }
}

export const standardOutput = new StandardOutput();
