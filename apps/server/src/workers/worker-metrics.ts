import type { AggregatorRegistry } from 'prom-client';
import type { MetricValues } from '../metrics/metrics.js';
import type { PrimaryFunctions, WorkerLink } from './worker-functions.js';

/** Numbers that only grow, and so must not shrink when a worker dies. */
const GROWING: ReadonlySet<unknown> = new Set(['counter', 'histogram']);

/** The numbers of all workers, so that whichever is scraped can answer for all. */
export class WorkerMetrics {
  /** What each worker said last. */
  readonly #last = new Map<WorkerLink, MetricValues>();
  #departed: MetricValues = [];

  /** Lets a worker in: what it may ask from now on. */
  join(link: WorkerLink): PrimaryFunctions {
    this.#last.set(link, []);
    return { otherMetrics: () => this.#others(link) };
  }

  /** A worker is gone: what it had counted by the last scrape still counts. */
  async leave(link: WorkerLink): Promise<void> {
    const last = this.#last.get(link) ?? [];
    this.#last.delete(link);
    if (last.length === 0) return;
    const growing = last.filter((metric) => GROWING.has((metric as { type?: unknown }).type));
    const { AggregatorRegistry: Registry } = await import('prom-client');
    const sum: ReturnType<typeof AggregatorRegistry.aggregate> = Registry.aggregate([
      this.#departed,
      growing,
    ]);
    this.#departed = await sum.getMetricsAsJSON();
  }

  async #others(asking: WorkerLink): Promise<readonly MetricValues[]> {
    const others = [...this.#last.keys()].filter((link) => link !== asking);
    await Promise.all(others.map((link) => this.#ask(link)));
    // The asking one is asked as well: it may be dead before somebody else is scraped.
    void this.#ask(asking);
    return [this.#departed, ...others.map((link) => this.#last.get(link) ?? [])];
  }

  /** One that does not answer is dying or busy: what it said last stands. */
  async #ask(link: WorkerLink): Promise<void> {
    const values = await link.call('metrics').catch(() => undefined);
    if (values && this.#last.has(link)) this.#last.set(link, values);
  }
}
