import { ConsoleError } from '@remote-consoles/core';
import type { Upstream } from '../relay/upstream.js';

/** The connection of a diagnosis: one leg opens it, others go on with it. */
export class OpenConnection {
  #upstream: Upstream | undefined;
  #ended = false;

  /** @throws ConsoleError `console-unreachable` where no leg has opened it */
  get upstream(): Upstream {
    if (this.#upstream) return this.#upstream;
    throw new ConsoleError('console-unreachable', 'there is no connection to the console');
  }

  keep(upstream: Upstream): void {
    this.#upstream?.destroy();
    this.#upstream = upstream;
    if (this.#ended) upstream.destroy();
  }

  end(): void {
    this.#ended = true;
    this.#upstream?.destroy();
  }
}
