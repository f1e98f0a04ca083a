import { resolve } from 'node:path';
import type { SecureContextOptions } from 'node:tls';
import type { Logger } from '@remote-consoles/core';
import type { TlsFiles } from '../config/listener.js';
import { FileWatch } from './file-watch.js';
import { readTlsPair, type TlsPair, TlsPairError } from './tls-pair.js';

/** ms between two looks at the files: a new pair is served after two to four seconds */
const LOOK_INTERVAL = 2000;

/** A TLS server whose certificate changes while it runs. */
interface TlsServer {
  setSecureContext(options: SecureContextOptions): void;
}

/**
 * The certificate of a listener. It follows its files: a new pair serves the connections that come after it, and those
 * that are open stay. A pair that cannot be used changes nothing and is reported.
 */
export class Certificate {
  readonly #files: TlsFiles;
  readonly #directory: string;
  readonly #logger: Logger;
  #pair: TlsPair;
  #server: TlsServer | undefined;
  #watch: FileWatch | undefined;

  private constructor(files: TlsFiles, directory: string, logger: Logger, pair: TlsPair) {
    this.#files = files;
    this.#directory = directory;
    this.#logger = logger;
    this.#pair = pair;
  }

  /**
   * @param directory where relative paths start
   * @throws TlsPairError where a server could not serve with the files
   */
  static async load(files: TlsFiles, directory: string, logger: Logger): Promise<Certificate> {
    return new Certificate(files, directory, logger, await readTlsPair(files, directory));
  }

  /** What the server is made with. */
  get context(): SecureContextOptions {
    return { cert: this.#pair.cert, key: this.#pair.key, minVersion: 'TLSv1.2' };
  }

  /** From now on this server gets the new pairs. */
  async follow(server: TlsServer): Promise<void> {
    this.#server = server;
    const { certificateFile, keyFile } = this.#files;
    const files = [certificateFile, keyFile].map((file) => resolve(this.#directory, file));
    this.#watch = await FileWatch.start(files, LOOK_INTERVAL, () => void this.reload());
    // The files may have changed between load and now.
    await this.reload();
  }

  /** Reads the files again. Never rejects. */
  async reload(): Promise<void> {
    const { certificateFile } = this.#files;
    try {
      const pair = await readTlsPair(this.#files, this.#directory);
      if (pair.cert === this.#pair.cert && pair.key === this.#pair.key) return;
      this.#pair = pair;
      this.#server?.setSecureContext(this.context);
      const expires = new Date(pair.expiresAt).toISOString();
      this.#logger.info({ certificateFile, expires }, 'a new certificate is served');
    } catch (error) {
      const reason = error instanceof TlsPairError ? error.problems : { err: error };
      this.#logger.error(
        { certificateFile, reason },
        'the new certificate cannot be used; the old one stays',
      );
    }
  }

  close(): void {
    this.#watch?.close();
  }
}
