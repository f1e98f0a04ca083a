import type { AnsweredRequest } from '@remote-consoles/http-api';
import { Counter, Histogram, type Registry } from 'prom-client';

/** Requests to the API. */
export class ApiMetrics {
  readonly #requests: Counter<'operation' | 'status'>;
  readonly #duration: Histogram<'operation'>;

  constructor(registry: Registry) {
    this.#requests = new Counter({
      name: 'remote_consoles_api_requests_total',
      help: 'Requests that the API has answered.',
      labelNames: ['operation', 'status'],
      registers: [registry],
    });
    this.#duration = new Histogram({
      name: 'remote_consoles_api_request_duration_seconds',
      help: 'How long the API took to answer.',
      labelNames: ['operation'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
      registers: [registry],
    });
  }

  answered({ operation = 'none', status, duration }: AnsweredRequest): void {
    this.#requests.inc({ operation, status });
    this.#duration.observe({ operation }, duration / 1000);
  }
}
