import type { AuditEvent, AuditSink } from '@remote-consoles/core';
import { Counter, Histogram, type Registry } from 'prom-client';
import { KnownWords } from './known-words.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** What was done with consoles, counted from the same events that the audit records are made of. */
export class ConsoleMetrics implements AuditSink {
  readonly #words = new KnownWords();
  readonly #issues: Counter<'code'>;
  readonly #redemptions: Counter<'code'>;
  readonly #refusals: Counter<'code'>;
  readonly #opens: Counter<'type' | 'code'>;
  readonly #closes: Counter<'type' | 'reason'>;
  readonly #duration: Histogram<'type'>;
  readonly #dial: Histogram<'transport'>;

  constructor(registry: Registry) {
    const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
      new Counter({ name: `remote_consoles_${name}`, help, labelNames, registers: [registry] });
    this.#issues = counter(
      'token_issues_total',
      'Consoles asked for; the code is ok or why there was none.',
      'code',
    );
    this.#redemptions = counter(
      'token_redemptions_total',
      'Tokens that viewers came with; the code is ok or why they were no good.',
      'code',
    );
    this.#refusals = counter(
      'viewers_refused_total',
      'Viewers that were turned away before their token was used, and API clients that ask too often, by why.',
      'code',
    );
    this.#opens = counter(
      'session_opens_total',
      'Consoles opened for a viewer; the code is ok or why it could not be.',
      'type',
      'code',
    );
    this.#closes = counter('session_closes_total', 'Sessions that have ended, by why.', 'type', 'reason');
    this.#duration = new Histogram({
      name: 'remote_consoles_session_duration_seconds',
      help: 'How long sessions lasted.',
      labelNames: ['type'],
      buckets: [10, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR],
      registers: [registry],
    });
    this.#dial = new Histogram({
      name: 'remote_consoles_upstream_open_duration_seconds',
      help: "How long it took to dial a hypervisor's console and to be let in.",
      labelNames: ['transport'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [registry],
    });
  }

  record(event: AuditEvent): void {
    const { action, outcome, reason = 'none', type = 'none' } = event;
    const code = outcome === 'success' ? 'ok' : this.#words.label(reason);
    switch (action) {
      case 'console.issue':
        this.#issues.inc({ code });
        break;
      case 'console.redeem':
        this.#redemptions.inc({ code });
        break;
      case 'console.refuse':
        this.#refusals.inc({ code });
        break;
      case 'console.open':
        this.#opens.inc({ type, code });
        if (event.transport !== undefined && event.dialTime !== undefined) {
          this.#dial.observe({ transport: event.transport }, event.dialTime / 1000);
        }
        break;
      case 'console.close':
        this.#closes.inc({ type, reason: this.#words.label(reason) });
        this.#duration.observe({ type }, (event.duration ?? 0) / 1000);
        break;
    }
  }
}
