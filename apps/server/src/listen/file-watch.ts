import { stat } from 'node:fs/promises';

/**
 * Calls back when one of some files has become another: written to, replaced by renaming, or reached by another
 * symbolic link, however far up the path (as Kubernetes swaps its secrets). The file system is asked, because its
 * notifications miss links and network file systems. A change counts when the next look finds no further one, so that
 * files that belong together are not read half-way.
 */
export class FileWatch {
  readonly #files: readonly string[];
  readonly #interval: number;
  readonly #changed: () => void;
  /** What was found at the last look, and when we last called back. */
  #seen: string;
  #told: string;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  private constructor(files: readonly string[], interval: number, changed: () => void, found: string) {
    this.#files = files;
    this.#interval = interval;
    this.#changed = changed;
    this.#seen = found;
    this.#told = found;
    this.#wait();
  }

  /**
   * Every change from this call on is found.
   *
   * @param interval ms between two looks
   */
  static async start(files: readonly string[], interval: number, changed: () => void): Promise<FileWatch> {
    return new FileWatch(files, interval, changed, await identity(files));
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #wait(): void {
    if (!this.#closed) this.#timer = setTimeout(() => void this.#look(), this.#interval).unref();
  }

  async #look(): Promise<void> {
    const found = await identity(this.#files);
    const settled = found === this.#seen;
    this.#seen = found;
    if (settled && found !== this.#told && !this.#closed) {
      this.#told = found;
      this.#changed();
    }
    this.#wait();
  }
}

/** Every way of changing what a name leads to changes one of these. */
async function identity(files: readonly string[]): Promise<string> {
  const all = files.map((file) =>
    stat(file, { bigint: true }).then(
      ({ dev, ino, size, mtimeNs, ctimeNs }) => [dev, ino, size, mtimeNs, ctimeNs].join(),
      (error: NodeJS.ErrnoException) => String(error.code),
    ),
  );
  return (await Promise.all(all)).join(';');
}
