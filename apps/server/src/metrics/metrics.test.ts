import type { AuditEvent, AuthPort } from '@remote-consoles/core';
import { ConsoleError } from '@remote-consoles/core';
import type { GatewayCounters, SessionInfo } from '@remote-consoles/gateway';
import { beforeEach, describe, expect, it } from 'vitest';
import { KnownWords } from './known-words.js';
import { Metrics } from './metrics.js';
import type { StateSources } from './state-metrics.js';

let metrics: Metrics;
beforeEach(() => {
  metrics = new Metrics();
});

/** The samples of a metric, as `labels value`. */
const samples = async (name: string) => {
  const lines = (await metrics.render()).split('\n').filter((line) => line.startsWith(name));
  return lines.map((line) => line.slice(name.length));
};

const event = (facts: Partial<AuditEvent>): AuditEvent => ({
  action: 'console.issue',
  outcome: 'success',
  at: 0,
  ...facts,
});

describe('what is done with consoles', () => {
  it('is counted by its result', async () => {
    metrics.consoles.record(event({}));
    metrics.consoles.record(event({ outcome: 'failure', reason: 'server-not-found' }));
    metrics.consoles.record(event({ action: 'console.redeem', outcome: 'failure', reason: 'token-spent' }));
    metrics.consoles.record(
      event({ action: 'console.refuse', outcome: 'failure', reason: 'origin-not-allowed' }),
    );
    expect(await samples('remote_consoles_token_issues_total{')).toEqual([
      'code="ok"} 1',
      'code="server-not-found"} 1',
    ]);
    expect(await samples('remote_consoles_token_redemptions_total{')).toEqual(['code="token-spent"} 1']);
    expect(await samples('remote_consoles_viewers_refused_total{')).toEqual(['code="origin-not-allowed"} 1']);
  });

  it('is timed: the way to the console, and the session', async () => {
    metrics.consoles.record(
      event({ action: 'console.open', type: 'novnc', transport: 'tls', dialTime: 250 }),
    );
    metrics.consoles.record(
      event({ action: 'console.close', type: 'novnc', reason: 'viewer-closed', duration: 90_000 }),
    );
    expect(await samples('remote_consoles_upstream_open_duration_seconds_sum')).toEqual([
      '{transport="tls"} 0.25',
    ]);
    expect(await samples('remote_consoles_session_duration_seconds_sum')).toEqual(['{type="novnc"} 90']);
    expect(await samples('remote_consoles_session_closes_total')).toEqual([
      '{type="novnc",reason="viewer-closed"} 1',
    ]);
  });

  it('has no more labels than it should, whatever code says', async () => {
    for (let count = 0; count < 1000; count++) {
      metrics.consoles.record(event({ outcome: 'failure', reason: `reason-${count}` }));
    }
    metrics.consoles.record(event({ outcome: 'failure', reason: 'with a secret: hunter2' }));
    expect((await samples('remote_consoles_token_issues_total{')).length).toBeLessThan(70);
    expect(await metrics.render()).not.toContain('hunter2');
  });
});

describe('words for labels', () => {
  it.each(['', 'two words', 'x'.repeat(49), 'é', 'a"b', 'a\nb'])('are not %j', (word) => {
    expect(new KnownWords().label(word)).toBe('other');
  });
});

describe('requests', () => {
  it('are counted by operation and status', async () => {
    metrics.api.answered({ operation: 'createRemoteConsole', status: 200, duration: 3 });
    metrics.api.answered({ operation: undefined, status: 404, duration: 3 });
    expect(await samples('remote_consoles_api_requests_total{')).toEqual([
      'operation="createRemoteConsole",status="200"} 1',
      'operation="none",status="404"} 1',
    ]);
    expect(await samples('remote_consoles_api_request_duration_seconds_sum{operation="none"}')).toEqual([
      ' 0.003',
    ]);
  });
});

describe('look-ups of API tokens', () => {
  it('are counted, and what they say is not touched', async () => {
    const port = {
      challenge: 'c',
      authenticate: async (token: string, serviceToken?: string) => {
        if (token === 'bad') throw new ConsoleError('unauthenticated', 'no');
        return { token, serviceToken };
      },
    };
    const counted = metrics.auth.counted(port as unknown as AuthPort);
    expect(await counted.authenticate('good', 'service')).toEqual({ token: 'good', serviceToken: 'service' });
    await expect(counted.authenticate('bad')).rejects.toThrow('no');
    expect(await samples('remote_consoles_auth_lookup_duration_seconds_count')).toEqual([
      '{result="ok"} 1',
      '{result="unauthenticated"} 1',
    ]);
  });
});

describe('the state', () => {
  const counters: GatewayCounters = {
    openings: 1,
    sessions: 2,
    sockets: 3,
    sessionsOpened: 4,
    bytesDown: 100,
    bytesUp: 10,
    readsDown: 0,
    stallsDown: 5,
    stallsUp: 6,
    refused: { 401: 7 },
    faults: 0,
  };
  const session = (type: string, serverId: string) => ({ type, serverId }) as SessionInfo;
  const sources: StateSources = {
    gateway: {
      counters: () => counters,
      sessions: () => [session('novnc', 'a'), session('novnc', 'b'), session('serial', 'c')],
    },
    health: {
      ask: async () => ({
        hypervisors: new Map([
          ['kvm-1', true],
          ['kvm-2', false],
        ]),
        tokenStore: true,
        identity: undefined,
      }),
    },
    audit: { lost: 3 },
    hypervisorOf: (serverId) => (serverId === 'c' ? undefined : 'kvm-1'),
    version: '1.2.3',
  };

  it('is read when it is asked for', async () => {
    metrics.watch(sources);
    for (const round of [1, 2]) {
      const text = await metrics.render();
      expect(text, `scrape ${round}`).toContain(
        'remote_consoles_sessions{type="novnc",hypervisor="kvm-1"} 2\n',
      );
      expect(text).toContain('remote_consoles_sessions{type="serial",hypervisor="unknown"} 1\n');
      expect(text).toContain('remote_consoles_relayed_bytes_total{direction="to_viewer"} 100\n');
      expect(text).toContain('remote_consoles_refusals_total{status="401"} 7\n');
      expect(text).toContain('remote_consoles_hypervisor_up{hypervisor="kvm-2"} 0\n');
      expect(text).toContain('remote_consoles_audit_records_lost_total 3\n');
      expect(text).toContain('remote_consoles_build_info{version="1.2.3"} 1\n');
    }
  });

  it('says nothing of identity where there is no API, and of sessions where there is no gateway', async () => {
    metrics.watch({ ...sources, gateway: undefined });
    expect(await samples('remote_consoles_part_up{')).toEqual(['part="token_store"} 1']);
    expect(await samples('remote_consoles_sessions{')).toEqual([]);
  });
});

describe('the process', () => {
  it('is measured', async () => {
    await new Promise((resolve) => setTimeout(resolve, 60));
    for (const name of [
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'nodejs_heap_size_used_bytes',
    ]) {
      expect(Number((await samples(`${name} `))[0])).toBeGreaterThan(0);
    }
    expect(Number((await samples('nodejs_eventloop_lag_max_seconds '))[0])).toBeLessThan(5);
  });
});
