import { type AuthPort, ConsoleError } from '@remote-consoles/core';
import { Histogram, type Registry } from 'prom-client';

/** Look-ups of API tokens, those that a cache of the adapter answered included. */
export class AuthMetrics {
  readonly #lookups: Histogram<'result'>;

  constructor(registry: Registry) {
    this.#lookups = new Histogram({
      name: 'remote_consoles_auth_lookup_duration_seconds',
      help: 'How long it took to learn who holds an API token; the count is that of all look-ups.',
      labelNames: ['result'],
      buckets: [0.0001, 0.001, 0.01, 0.05, 0.25, 1, 5],
      registers: [registry],
    });
  }

  /** The same port, with each look-up counted. */
  counted(port: AuthPort): AuthPort {
    const count = (started: number, result: string) =>
      this.#lookups.observe({ result }, (performance.now() - started) / 1000);
    return {
      challenge: port.challenge,
      async authenticate(...tokens) {
        const started = performance.now();
        try {
          const credentials = await port.authenticate(...tokens);
          count(started, 'ok');
          return credentials;
        } catch (error) {
          count(started, error instanceof ConsoleError ? error.code : 'internal');
          throw error;
        }
      },
      check: () => port.check(),
      close: () => port.close(),
    };
  }
}
