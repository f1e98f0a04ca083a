import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Secret } from '@remote-consoles/core';

/** Reads the text files that a configuration names; relative paths start at its directory. */
export class FileReader {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** @throws Error that names the file and not what is in it */
  async text(path: string): Promise<string> {
    try {
      return await readFile(resolve(this.#directory, path), 'utf8');
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
      throw new Error(`cannot read ${path}: ${code}`);
    }
  }

  /** The secret itself, or the content of the file without the newline at its end. */
  async secret(given: {
    readonly password?: string | undefined;
    readonly passwordFile?: string | undefined;
  }): Promise<Secret | undefined> {
    if (given.password !== undefined) return new Secret(given.password);
    if (given.passwordFile === undefined) return undefined;
    return new Secret((await this.text(given.passwordFile)).replace(/\r?\n$/, ''));
  }
}
