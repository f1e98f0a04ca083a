import type { AdapterContext, DiagnosisLeg, HypervisorPort } from '@remote-consoles/core';
import { cryptoDigest, cryptoRandom, systemClock } from '../composition/node-ports.js';
import type { LoadedAdapters } from '../config/load-adapters.js';
import { createLogger } from '../log/logger.js';
import { inTime } from './walk-chain.js';

/** ms that adapters get to end what they started */
const LONGEST_CLOSE = 5_000;

type Closable = { close(): Promise<void> };
type Create<Port> = (context: Omit<AdapterContext, 'name' | 'configDirectory'>) => Promise<Port>;

/** What an adapter came to: its port, or why it did not start. */
export type Started<Port> =
  | { readonly kind: 'port'; readonly port: Port }
  | { readonly kind: 'failure'; readonly leg: DiagnosisLeg };

/** The adapters of a configuration, each started by itself: one that cannot start is a finding like others. */
export class StartedPorts {
  readonly #ports: Closable[] = [];

  async start<Port extends Closable>(create: Create<Port>): Promise<Started<Port>> {
    // The legs say what adapters would log.
    const logger = createLogger('silent');
    try {
      const port = await create({ logger, clock: systemClock, random: cryptoRandom, digest: cryptoDigest });
      this.#ports.push(port);
      return { kind: 'port', port };
    } catch (error) {
      return { kind: 'failure', leg: { name: 'start', run: () => Promise.reject(error) } };
    }
  }

  async hypervisors({ hypervisors }: LoadedAdapters): Promise<readonly Started<HypervisorPort>[]> {
    return Promise.all(hypervisors.map((create) => this.start(create)));
  }

  async close(): Promise<void> {
    await inTime(Promise.allSettled(this.#ports.map((port) => port.close())), LONGEST_CLOSE).catch(
      () => undefined,
    );
  }
}
