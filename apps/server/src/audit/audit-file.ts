import { writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { AuditEvent, Logger } from '@remote-consoles/core';
import type { AuditDestination } from './audit-trail.js';

/** Bytes that wait for a slow or full disk before records are lost. */
const MAX_WAITING = 8 * 1024 * 1024;

/** Lines in one write. */
const MAX_LINES = 1_000;

/** ms until a write that failed is tried again. */
const RETRY_INTERVAL = 1_000;

/** ms for the rest to be written when the file is closed. */
const CLOSE_TIMEOUT = 2_000;

/** A file of records, one JSON object a line. Records wait in memory and are written off the event loop. */
export class AuditFile implements AuditDestination {
  lost = 0;
  readonly #path: string;
  readonly #logger: Logger;
  readonly #atExit = () => this.#writeSync();
  #handle: FileHandle;
  /** Lines that are not written yet. */
  #waiting: Buffer[] = [];
  #bytes = 0;
  /** Whether the file was moved away. */
  #moved = false;
  #closed = false;
  /** Whether the last attempt failed: said once, not for each record. */
  #failing = false;
  #writing: Promise<void> | undefined;

  private constructor(path: string, handle: FileHandle, logger: Logger) {
    this.#path = path;
    this.#handle = handle;
    this.#logger = logger;
    process.once('exit', this.#atExit);
  }

  /** @throws the error of the system where the file cannot be opened */
  static async open(path: string, logger: Logger): Promise<AuditFile> {
    return new AuditFile(path, await openFile(path), logger);
  }

  write(_event: AuditEvent, record: string): void {
    const line = Buffer.from(`${record}\n`);
    if (this.#closed || this.#bytes + line.length > MAX_WAITING) {
      this.lost++;
      return;
    }
    this.#waiting.push(line);
    this.#bytes += line.length;
    this.#start();
  }

  reopen(): void {
    this.#moved = true;
    this.#start();
  }

  async close(): Promise<void> {
    const deadline = Date.now() + CLOSE_TIMEOUT;
    this.#closed = true;
    while (this.#writing && Date.now() < deadline) await Promise.race([this.#writing, pause(50)]);
    process.off('exit', this.#atExit);
    this.lost += this.#waiting.length;
    this.#waiting = [];
    this.#moved = false;
    await this.#handle.close();
  }

  #start(): void {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
  }

  async #writeAll(): Promise<void> {
    while (this.#moved || this.#waiting.length > 0) {
      try {
        if (this.#moved) await this.#openAgain();
        await this.#writeSome();
        this.#failing = false;
      } catch (error) {
        this.#report(error);
        await pause(RETRY_INTERVAL);
      }
    }
  }

  async #openAgain(): Promise<void> {
    const next = await openFile(this.#path);
    const old = this.#handle;
    this.#handle = next;
    this.#moved = false;
    await old.close();
  }

  /** Writes all lines that wait now; those that the disk did not take whole stay first. */
  async #writeSome(): Promise<void> {
    const lines = this.#waiting.slice(0, MAX_LINES);
    const { bytesWritten } = await this.#handle.writev(lines);
    let left = bytesWritten;
    while (left > 0) {
      const [line] = this.#waiting;
      if (!line) return;
      if (line.length > left) {
        this.#waiting[0] = line.subarray(left);
        this.#bytes -= left;
        return;
      }
      this.#waiting.shift();
      this.#bytes -= line.length;
      left -= line.length;
    }
  }

  /** The process ends by itself and waits for nothing. */
  #writeSync(): void {
    try {
      for (const line of this.#waiting) writeSync(this.#handle.fd, line);
    } catch {
      // There is nobody left to tell.
    }
  }

  #report(error: unknown): void {
    if (!this.#failing) {
      this.#logger.error({ err: error }, 'audit records cannot be written; they wait, then are lost');
    }
    this.#failing = true;
  }
}

function openFile(path: string): Promise<FileHandle> {
  return open(path, 'a', 0o600);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
