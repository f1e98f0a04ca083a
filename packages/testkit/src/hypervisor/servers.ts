import { type Server, VM_STATES } from '@remote-consoles/core';
import { expect } from 'vitest';
import type { ContractCheck } from '../contract.js';
import { DEFAULT_DEADLINE, within } from '../expectations.js';
import type { HypervisorHarness } from './hypervisor-harness.js';

/** Ids come from the URL: whatever a client writes there. */
export const HOSTILE_IDS = [
  '',
  ' ',
  '00000000-0000-4000-8000-000000000000',
  '..',
  '../../etc/passwd',
  "' OR '1'='1",
  '<x/>',
  '*',
  '%s%n',
  '\u0000',
  'line\r\nbreak',
  '__proto__',
  'constructor',
  '\ud800',
  'ü漢',
  'x'.repeat(100_000),
];

function assertServer(server: Server): void {
  expect(server.id, 'id').toEqual(expect.stringMatching(/./u));
  expect(server.name, `name of ${server.id}`).toEqual(expect.any(String));
  expect(server.projectId, `projectId of ${server.id}`).toEqual(expect.stringMatching(/./u));
  expect(VM_STATES, `vmState of ${server.id}`).toContain(server.vmState);
  if (server.host !== undefined) expect(server.host, `host of ${server.id}`).not.toBe('');
  if (server.taskState !== undefined) expect(server.taskState, `taskState of ${server.id}`).not.toBe('');
  for (const time of [server.createdAt, server.updatedAt]) {
    if (time === undefined) continue;
    // Seconds instead of ms would be a date in 1970.
    expect(time, `times of ${server.id} are ms since the epoch`).toBeGreaterThan(1e11);
    expect(Number.isFinite(time)).toBe(true);
  }
}

const knownIds = ({ consoles, stopped }: HypervisorHarness) => [
  ...new Set([...consoles.map(({ serverId }) => serverId), ...(stopped === undefined ? [] : [stopped])]),
];

/** Servers are found and listed, truthfully and in time. */
export const serverChecks: readonly ContractCheck<HypervisorHarness>[] = [
  {
    name: 'name: is not empty',
    run: async ({ port }) => expect(port.name).not.toBe(''),
  },
  {
    name: 'check: resolves while the hypervisor answers',
    run: async ({ port, deadline = DEFAULT_DEADLINE }) => within(deadline, 'check', port.check()),
  },
  {
    name: 'findServer: gives the server with that id, and its facts',
    run: async (harness) => {
      for (const id of knownIds(harness)) {
        const find = harness.port.findServer(id);
        const server = await within(harness.deadline ?? DEFAULT_DEADLINE, 'findServer', find);
        expect(server?.id).toBe(id);
        if (server) assertServer(server);
      }
    },
  },
  {
    name: 'findServer: servers with a console sit on a host and run',
    run: async ({ port, consoles }) => {
      for (const { serverId } of consoles) {
        const server = await port.findServer(serverId);
        expect(server?.host, `host of ${serverId}`).toEqual(expect.any(String));
        expect(['active', 'paused', 'rescued', 'resized']).toContain(server?.vmState);
      }
    },
  },
  {
    name: 'findServer: a server that is shut off is found, as stopped',
    needs: 'stopped',
    run: async ({ port, stopped = '' }) => {
      expect(await port.findServer(stopped)).toMatchObject({ id: stopped, vmState: 'stopped' });
    },
  },
  {
    name: 'findServer: an unknown id is undefined, whatever it looks like',
    run: async ({ port, deadline = DEFAULT_DEADLINE }) => {
      for (const id of HOSTILE_IDS) {
        const found = await within(
          deadline,
          `findServer ${JSON.stringify(id.slice(0, 40))}`,
          port.findServer(id),
        );
        expect(found, JSON.stringify(id.slice(0, 40))).toBeUndefined();
      }
    },
  },
  {
    name: 'findServer: an id that only begins or ends like a known one is unknown',
    run: async ({ port, consoles: [{ serverId }] }) => {
      for (const id of [serverId.slice(0, -1), `${serverId}0`, `0${serverId}`, `${serverId}\u0000`]) {
        expect(await port.findServer(id), id).toBeUndefined();
      }
    },
  },
  {
    name: 'findServer: many at once are told apart',
    run: async (harness) => {
      const ids = Array.from({ length: 5 }, () => knownIds(harness)).flat();
      const servers = await Promise.all(ids.map((id) => harness.port.findServer(id)));
      expect(servers.map((server) => server?.id)).toEqual(ids);
    },
  },
  {
    name: 'listServers: lists every known server once, with its facts',
    run: async (harness) => {
      const list = harness.port.listServers();
      const servers = await within(harness.deadline ?? DEFAULT_DEADLINE, 'listServers', list);
      const ids = servers.map(({ id }) => id);
      expect(ids).toEqual(expect.arrayContaining(knownIds(harness)));
      expect(new Set(ids).size, 'each id once').toBe(ids.length);
      for (const server of servers) assertServer(server);
    },
  },
  {
    name: 'listServers: says of a server what findServer says of it',
    run: async ({ port, consoles: [{ serverId }] }) => {
      const listed = (await port.listServers()).find(({ id }) => id === serverId);
      const found = await port.findServer(serverId);
      expect(listed).toMatchObject({
        name: found?.name,
        projectId: found?.projectId,
        host: found?.host,
        vmState: found?.vmState,
      });
    },
  },
];
