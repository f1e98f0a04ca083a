import { AggregatorRegistry, Registry } from 'prom-client';
import { ApiMetrics } from './api-metrics.js';
import { AuthMetrics } from './auth-metrics.js';
import { ConsoleMetrics } from './console-metrics.js';
import { ProcessMetrics } from './process-metrics.js';
import { StateMetrics, type StateSources } from './state-metrics.js';

/** All numbers of a process, as they travel to another. */
export type MetricValues = readonly object[];

/** Everything that is counted, as Prometheus reads it. Labels have few values: never a user, a server or a token. */
export class Metrics {
  readonly api: ApiMetrics;
  readonly auth: AuthMetrics;
  readonly consoles: ConsoleMetrics;
  readonly #registry = new Registry();
  #state: StateMetrics | undefined;
  #others: (() => Promise<readonly MetricValues[]>) | undefined;

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

  /** From now on the numbers of other processes are added. */
  add(others: () => Promise<readonly MetricValues[]>): void {
    this.#others = others;
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** This process's own numbers. Ends in 2 s. */
  async values(): Promise<MetricValues> {
    await this.#state?.refresh();
    return this.#registry.getMetricsAsJSON();
  }

  /** The text that Prometheus reads: of all processes together where there are others. */
  async render(): Promise<string> {
    if (this.#others) {
      const [own, others] = await Promise.all([this.values(), this.#others()]);
      return AggregatorRegistry.aggregate([own, ...others]).metrics();
    }
    await this.#state?.refresh();
    return this.#registry.metrics();
  }
}
