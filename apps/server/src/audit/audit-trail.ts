import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { AuditEvent, AuditSink } from '@remote-consoles/core';
import { cadfRecord } from './cadf-record.js';

/** Where records go. */
export interface AuditDestination {
  /**
   * Takes a record, without waiting for the disk.
   *
   * @param record of the event, as JSON
   */
  write(event: AuditEvent, record: string): void;
  /** Writes to the file of that name from now on, whatever became of the one that was open. */
  reopen(): void;
  /** Writes what is left, in bounded time. */
  close(): Promise<void>;
  /** Records that could not be kept. */
  readonly lost: number;
}

/** Turns audit events into records and keeps them. */
export class AuditTrail implements AuditSink {
  readonly #destination: AuditDestination | undefined;
  readonly #observer = `remote-consoles@${hostname()}`;

  /** @param destination absent where no record is kept */
  constructor(destination: AuditDestination | undefined) {
    this.#destination = destination;
  }

  record(event: AuditEvent): void {
    this.#destination?.write(event, cadfRecord(event, randomUUID(), this.#observer));
  }

  /** Records that could not be kept. */
  get lost(): number {
    return this.#destination?.lost ?? 0;
  }

  /** For a file that was moved away. */
  reopen(): void {
    this.#destination?.reopen();
  }

  async close(): Promise<void> {
    await this.#destination?.close();
  }
}
