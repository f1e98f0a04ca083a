import { Registry } from 'prom-client';
import { ApiMetrics } from './api-metrics.js';
import { AuthMetrics } from './auth-metrics.js';
import { ConsoleMetrics } from './console-metrics.js';
import { ProcessMetrics } from './process-metrics.js';
import { StateMetrics, type StateSources } from './state-metrics.js';

/** Everything that is counted, as Prometheus reads it. Labels have few values: never a user, a server or a token. */
export class Metrics {
  readonly api: ApiMetrics;
  readonly auth: AuthMetrics;
  readonly consoles: ConsoleMetrics;
  readonly #registry = new Registry();
  #state: StateMetrics | undefined;

  constructor() {
    new ProcessMetrics(this.#registry);
    this.api = new ApiMetrics(this.#registry);
    this.auth = new AuthMetrics(this.#registry);
    this.consoles = new ConsoleMetrics(this.#registry);
  }

  /** From now on what these say is part of it. */
  watch(sources: StateSources): void {
    this.#state = new StateMetrics(this.#registry, sources);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The text that Prometheus reads. Ends in 2 s. */
  async render(): Promise<string> {
    await this.#state?.refresh();
    return this.#registry.metrics();
  }
}
