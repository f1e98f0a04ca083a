import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, type Registry } from 'prom-client';

/** ms between looks at the delay of the event loop; each look wakes the process */
const RESOLUTION = 20;

const NANOSECONDS = 1e-9;
const MICROSECONDS = 1e-6;

/**
 * The process itself, under the names that Prometheus's clients use. Not all that those have: handles and file
 * descriptors of thousands of consoles would be listed one by one at each scrape.
 */
export class ProcessMetrics {
  readonly #delay: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION });

  constructor(registry: Registry) {
    const registers = [registry];
    this.#delay.enable();
    new Counter({
      name: 'process_cpu_seconds_total',
      help: 'CPU time used.',
      registers,
      collect() {
        const { user, system } = process.cpuUsage();
        this.reset();
        this.inc((user + system) * MICROSECONDS);
      },
    });
    new Gauge({
      name: 'process_start_time_seconds',
      help: 'When the process started, since the epoch.',
      aggregator: 'min',
      registers,
    }).set(Math.round(Date.now() / 1000 - process.uptime()));
    new Gauge({
      name: 'process_resident_memory_bytes',
      help: 'Memory that is resident.',
      registers,
      collect() {
        this.set(process.memoryUsage.rss());
      },
    });
    this.#addHeap(registers);
    this.#addEventLoop(registers);
  }

  #addHeap(registers: Registry[]): void {
    const external = new Gauge({
      name: 'nodejs_external_memory_bytes',
      help: "Memory outside of JavaScript's heap: buffers, for the most part.",
      registers,
    });
    new Gauge({
      name: 'nodejs_heap_size_used_bytes',
      help: "JavaScript's heap that is in use.",
      registers,
      collect() {
        const memory = process.memoryUsage();
        this.set(memory.heapUsed);
        external.set(memory.external);
      },
    });
  }

  /** Since the last scrape. */
  #addEventLoop(registers: Registry[]): void {
    const delay = this.#delay;
    const lag = (name: string, what: string) =>
      new Gauge({
        name: `nodejs_eventloop_lag_${name}_seconds`,
        help: `How late the event loop was since the last scrape: ${what}.`,
        aggregator: 'max',
        registers,
      });
    const p50 = lag('p50', 'the median');
    const p99 = lag('p99', 'the 99th percentile');
    new Gauge({
      name: 'nodejs_eventloop_lag_max_seconds',
      help: 'How late the event loop was since the last scrape: the worst.',
      aggregator: 'max',
      registers,
      collect() {
        const late = (ns: number) => Math.max(0, ns * NANOSECONDS - RESOLUTION / 1000);
        p50.set(late(delay.percentile(50)));
        p99.set(late(delay.percentile(99)));
        this.set(late(delay.max));
        delay.reset();
      },
    });
  }
}
