import { Duplex } from 'node:stream';
import type { HypervisorTransport, ServerEvent } from '@remote-consoles/core';
import { expect } from 'vitest';
import type { ContractCheck } from '../contract.js';
import { DEFAULT_DEADLINE, rejectsWith, within } from '../expectations.js';
import type { ConsoleSample, HypervisorHarness } from './hypervisor-harness.js';
import { HOSTILE_IDS } from './servers.js';

async function transportsToStream({ port, consoles }: HypervisorHarness): Promise<HypervisorTransport[]> {
  const transportOf = async ({ serverId, type }: ConsoleSample) => {
    const server = await port.findServer(serverId);
    return server && (await port.openConsole(server, type)).transport;
  };
  const transports = await Promise.all(consoles.map(transportOf));
  return transports.filter((transport) => transport?.kind === 'hypervisor');
}

/** Resolves when the event was heard; the time limit is the caller's. */
function listenFor(harness: HypervisorHarness): {
  events: ServerEvent[];
  first: Promise<void>;
  stop: () => void;
} {
  const events: ServerEvent[] = [];
  let arrived = () => {};
  const first = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const [{ serverId }] = harness.consoles;
  const stop = harness.port.watch((event) => {
    if (event.serverId !== serverId) return;
    events.push(event);
    arrived();
  });
  return { events, first, stop };
}

/** What goes on beside questions and answers: streams, logs, events, outage, the end. */
export const streamAndEventChecks: readonly ContractCheck<HypervisorHarness>[] = [
  {
    name: 'streams: every transport "hypervisor" opens as a Duplex, and closes when it is destroyed',
    run: async (harness) => {
      const { port, deadline = DEFAULT_DEADLINE } = harness;
      for (const transport of await transportsToStream(harness)) {
        const opening = Promise.resolve(port.streams?.openStream(transport));
        const stream = await within(deadline, 'openStream', opening);
        expect(stream).toBeInstanceOf(Duplex);
        if (!(stream instanceof Duplex)) continue;
        stream.on('error', () => undefined);
        const closed = new Promise((resolve) => stream.once('close', resolve));
        stream.destroy();
        await within(deadline, 'close of a destroyed stream', closed);
      }
    },
  },
  {
    name: 'streams: an address that nobody wrote is refused',
    run: async ({ port, deadline }) => {
      if (!port.streams) return;
      for (const address of HOSTILE_IDS) {
        const transport = { kind: 'hypervisor', hypervisor: port.name, address } as const;
        await rejectsWith(
          ['console-unreachable', 'hypervisor-unavailable', 'server-not-found'],
          `openStream ${JSON.stringify(address.slice(0, 40))}`,
          port.streams.openStream(transport),
          deadline,
        );
      }
    },
  },
  {
    name: 'output: gives what the server has printed',
    needs: 'log',
    run: async ({ port, log, deadline = DEFAULT_DEADLINE }) => {
      const server = log && (await port.findServer(log.serverId));
      if (!log || !server) throw new Error(`the hypervisor does not find ${log?.serverId}`);
      const text = await within(deadline, 'readOutput', Promise.resolve(port.output?.readOutput(server)));
      expect(text).toContain(log.contains);
    },
  },
  {
    name: 'watch: a listener hears that a console ended',
    needs: 'endFirstConsole',
    run: async (harness) => {
      const { events, first, stop } = listenFor(harness);
      const expected = await harness.endFirstConsole?.();
      await within(harness.deadline ?? DEFAULT_DEADLINE, `the event "${expected?.kind}"`, first);
      stop();
      expect(events).toContainEqual(expected);
    },
  },
  {
    name: 'watch: two listeners both hear, one that stopped does not',
    needs: 'endFirstConsole',
    run: async (harness) => {
      const [a, b, stopped] = [listenFor(harness), listenFor(harness), listenFor(harness)];
      stopped.stop();
      await harness.endFirstConsole?.();
      await within(harness.deadline ?? DEFAULT_DEADLINE, 'the event', Promise.all([a.first, b.first]));
      a.stop();
      b.stop();
      expect(stopped.events).toEqual([]);
    },
  },
  {
    name: 'watch: stopping twice is harmless',
    run: async ({ port }) => {
      const stop = port.watch(() => undefined);
      stop();
      expect(stop).not.toThrow();
    },
  },
  {
    name: 'unavailable: every question says hypervisor-unavailable in bounded time, without secrets',
    needs: 'makeUnavailable',
    run: async (harness) => {
      const { port, consoles, secrets = [], deadline } = harness;
      const [{ serverId, type }] = consoles;
      const server = await port.findServer(serverId);
      if (!server) throw new Error(`the hypervisor does not find ${serverId}`);
      await harness.makeUnavailable?.();
      const calls: readonly [string, () => Promise<unknown>][] = [
        ['check', () => port.check()],
        ['findServer', () => port.findServer(serverId)],
        ['listServers', () => port.listServers()],
        ['openConsole', () => port.openConsole(server, type)],
      ];
      for (const [name, call] of calls) {
        const refusal = await rejectsWith('hypervisor-unavailable', name, call(), deadline);
        for (const secret of secrets)
          expect(refusal.message.includes(secret), 'a secret is shown').toBe(false);
      }
    },
  },
  {
    name: 'close: ends in bounded time, also with a listener',
    run: async ({ port, deadline = DEFAULT_DEADLINE }) => {
      port.watch(() => undefined);
      await within(deadline, 'close', port.close());
    },
  },
];
