import type { Gateway, GatewayCounters } from '@remote-consoles/gateway';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { AuditTrail } from '../audit/audit-trail.js';
import type { HealthProbe } from '../health/health-probe.js';

/** What is asked at each scrape: nothing of it costs anything in between. */
export interface StateSources {
  /** Where this process is a gateway. */
  readonly gateway: Pick<Gateway, 'counters' | 'sessions'> | undefined;
  readonly health: Pick<HealthProbe, 'ask'>;
  readonly audit: Pick<AuditTrail, 'lost'>;
  /** The name of the hypervisor that has a server, where it is known. */
  readonly hypervisorOf: (serverId: string) => string | undefined;
  readonly version: string;
}

/** What the process is doing and how its parts are. */
export class StateMetrics {
  readonly #sources: StateSources;
  readonly #registry: Registry;
  readonly #sessions: Gauge<'type' | 'hypervisor'>;
  readonly #openings: Gauge;
  readonly #connections: Gauge;
  readonly #bytes: Counter<'direction'>;
  readonly #stalls: Counter<'direction'>;
  readonly #refusals: Counter<'status'>;
  readonly #faults: Counter;
  readonly #hypervisorUp: Gauge<'hypervisor'>;
  readonly #partUp: Gauge<'part'>;
  readonly #auditLost: Counter;

  constructor(registry: Registry, sources: StateSources) {
    this.#sources = sources;
    this.#registry = registry;
    this.#sessions = this.#gauge('sessions', 'Sessions that are open.', 'type', 'hypervisor');
    this.#openings = this.#gauge('openings', 'Consoles that are being opened.');
    this.#connections = this.#gauge('viewer_connections', "Viewers' connections that are open.");
    this.#bytes = this.#counter('relayed_bytes_total', 'Bytes relayed.', 'direction');
    this.#stalls = this.#counter(
      'relay_stalls_total',
      'Times that one side had to wait for the other.',
      'direction',
    );
    this.#refusals = this.#counter(
      'refusals_total',
      'Requests that did not get a console, by HTTP status.',
      'status',
    );
    this.#faults = this.#counter('session_faults_total', 'Sessions that a fault of this software ended.');
    this.#hypervisorUp = this.#leastOf('hypervisor_up', 'Whether the hypervisor answers.', 'hypervisor');
    this.#partUp = this.#leastOf(
      'part_up',
      'Whether the token store, and the identity service, answers.',
      'part',
    );
    this.#auditLost = this.#counter('audit_records_lost_total', 'Audit records that could not be kept.');
    this.#leastOf('build_info', 'The version, as a label; the value is 1.', 'version').set(
      { version: sources.version },
      1,
    );
  }

  /** Asks everyone. Ends in 2 s. */
  async refresh(): Promise<void> {
    const { gateway, audit } = this.#sources;
    await this.#readHealth();
    setTotal(this.#auditLost, {}, audit.lost);
    if (!gateway) return;
    this.#readCounters(gateway.counters());
    this.#sessions.reset();
    for (const { type, serverId } of gateway.sessions()) {
      this.#sessions.inc({ type, hypervisor: this.#sources.hypervisorOf(serverId) ?? 'unknown' });
    }
  }

  async #readHealth(): Promise<void> {
    const { hypervisors, tokenStore, identity } = await this.#sources.health.ask();
    for (const [hypervisor, up] of hypervisors) this.#hypervisorUp.set({ hypervisor }, Number(up));
    this.#partUp.set({ part: 'token_store' }, Number(tokenStore));
    if (identity !== undefined) this.#partUp.set({ part: 'identity' }, Number(identity));
  }

  #readCounters(counters: GatewayCounters): void {
    this.#openings.set(counters.openings);
    this.#connections.set(counters.sockets);
    setTotal(this.#bytes, { direction: 'to_viewer' }, counters.bytesDown);
    setTotal(this.#bytes, { direction: 'from_viewer' }, counters.bytesUp);
    setTotal(this.#stalls, { direction: 'to_viewer' }, counters.stallsDown);
    setTotal(this.#stalls, { direction: 'from_viewer' }, counters.stallsUp);
    for (const [status, count] of Object.entries(counters.refused))
      setTotal(this.#refusals, { status }, count);
    setTotal(this.#faults, {}, counters.faults);
  }

  #gauge<Label extends string>(name: string, help: string, ...labelNames: Label[]): Gauge<Label> {
    return new Gauge({ name: `remote_consoles_${name}`, help, labelNames, registers: [this.#registry] });
  }

  /** A gauge of which several processes show the least: something is up where all of them reach it. */
  #leastOf<Label extends string>(name: string, help: string, ...labelNames: Label[]): Gauge<Label> {
    const registers = [this.#registry];
    return new Gauge({ name: `remote_consoles_${name}`, help, labelNames, registers, aggregator: 'min' });
  }

  #counter<Label extends string>(name: string, help: string, ...labelNames: Label[]): Counter<Label> {
    return new Counter({ name: `remote_consoles_${name}`, help, labelNames, registers: [this.#registry] });
  }
}

/** Takes over a count that someone else keeps. */
function setTotal<Label extends string>(
  counter: Counter<Label>,
  labels: Record<string, string>,
  total: number,
): void {
  counter.remove(labels as Record<Label, string>);
  counter.inc(labels as Record<Label, string>, total);
}
