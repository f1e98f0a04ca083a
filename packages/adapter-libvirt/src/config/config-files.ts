import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Secret, type TlsTrust } from '@remote-consoles/core';
import type { DisplayTls } from '../console/display-console.js';
import type { HostConfig, TlsConfig } from './config-schema.js';

/** Reads what a configuration keeps in files of their own. Relative paths start at its directory. */
export class ConfigFiles {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** @throws Error that names the file and shows nothing of it */
  async password({ password, passwordFile }: HostConfig): Promise<Secret | undefined> {
    if (password !== undefined) return new Secret(password);
    if (passwordFile === undefined) return undefined;
    return new Secret((await this.#read(passwordFile)).replace(/\r?\n$/, ''));
  }

  /** @throws Error that names the file and shows nothing of it */
  async tls(config: TlsConfig): Promise<DisplayTls> {
    const { serverName, subject, certificateFile, keyFile, required } = config;
    const identity = certificateFile !== undefined &&
      keyFile !== undefined && {
        certificate: await this.#read(certificateFile),
        key: new Secret(await this.#read(keyFile)),
      };
    return {
      required,
      settings: {
        trust: await this.#trust(config),
        ...(serverName !== undefined && { serverName }),
        ...(subject !== undefined && { subject }),
        ...(identity && { identity }),
      },
    };
  }

  async #trust({ ca, caFile, fingerprint }: TlsConfig): Promise<TlsTrust> {
    if (fingerprint !== undefined) {
      return { kind: 'pin', algorithm: 'sha256', fingerprint: fingerprint.replaceAll(':', '').toLowerCase() };
    }
    if (ca !== undefined) return { kind: 'ca', ca };
    return caFile === undefined ? { kind: 'system' } : { kind: 'ca', ca: await this.#read(caFile) };
  }

  async #read(path: string): Promise<string> {
    try {
      return await readFile(resolve(this.#directory, path), 'utf8');
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
      throw new Error(`cannot read ${path}: ${code}`);
    }
  }
}
