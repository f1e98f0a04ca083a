import type { HypervisorPort, Screenshot, Server } from '@remote-consoles/core';
import { expect } from 'vitest';
import type { ContractCheck } from '../contract.js';
import { DEFAULT_DEADLINE, rejectsWith, within } from '../expectations.js';
import type { HypervisorHarness } from './hypervisor-harness.js';

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** KEY_LEFTSHIFT: pressed and let go, it does nothing. */
const HARMLESS_KEYS = [42];

async function existing(port: HypervisorPort, id: string): Promise<Server> {
  const server = await port.findServer(id);
  if (!server) throw new Error(`the harness names the server ${id}, which the hypervisor does not find`);
  return server;
}

/** The calls of the optional ports that a hypervisor has, with what they are asked for. */
function controls({
  screenshots,
  keys,
  power,
}: HypervisorPort): [string, (server: Server) => Promise<unknown>][] {
  const calls: [string, (server: Server) => Promise<unknown>][] = [];
  if (screenshots) calls.push(['takeScreenshot', (server) => screenshots.takeScreenshot(server)]);
  if (keys) calls.push(['sendKeys', (server) => keys.sendKeys(server, HARMLESS_KEYS)]);
  if (power) calls.push(['changePower', (server) => power.changePower(server, 'stop')]);
  return calls;
}

/** Whether there is a picture, which then is a PNG; a server without a screen has none. */
async function isPng(attempt: Promise<Screenshot>, deadline: number): Promise<boolean> {
  const taken = await within(
    deadline,
    'takeScreenshot',
    attempt.catch(() => undefined),
  );
  if (!taken) {
    await rejectsWith('console-type-unavailable', 'takeScreenshot', attempt, deadline);
    return false;
  }
  expect(taken.mediaType).toBe('image/png');
  expect([...taken.data.subarray(0, 8)]).toEqual(PNG_SIGNATURE);
  return true;
}

/** Screens, keyboards and power switches, where a hypervisor has them. */
export const guestControlChecks: readonly ContractCheck<HypervisorHarness>[] = [
  {
    name: 'screenshots: of a running server are PNG, or unavailable where it has no screen',
    run: async ({ port, consoles, deadline = DEFAULT_DEADLINE }) => {
      const { screenshots } = port;
      if (!screenshots) return;
      let pictures = 0;
      for (const serverId of new Set(consoles.map((console) => console.serverId))) {
        const attempt = screenshots.takeScreenshot(await existing(port, serverId));
        if (await isPng(attempt, deadline)) pictures += 1;
      }
      const screens = consoles.filter(({ type }) => type !== 'serial').length;
      if (screens > 0)
        expect(pictures, 'no server has a picture, though some have a screen').toBeGreaterThan(0);
    },
  },
  {
    name: 'keys: are pressed in a running server',
    run: async ({ port, consoles: [{ serverId }], deadline = DEFAULT_DEADLINE }) => {
      const server = await existing(port, serverId);
      await within(deadline, 'sendKeys', Promise.resolve(port.keys?.sendKeys(server, HARMLESS_KEYS)));
    },
  },
  {
    name: 'screenshots, keys and power: of a server that does not exist are server-not-found',
    run: async ({ port, consoles: [{ serverId }], deadline }) => {
      const gone = { ...(await existing(port, serverId)), id: '00000000-0000-4000-8000-000000000000' };
      for (const [name, call] of controls(port))
        await rejectsWith('server-not-found', name, call(gone), deadline);
    },
  },
  {
    name: 'screenshots, keys and power: of a server that is shut off are server-state-invalid',
    needs: 'stopped',
    run: async ({ port, stopped = '', deadline }) => {
      const server = await existing(port, stopped);
      for (const [name, call] of controls(port))
        await rejectsWith('server-state-invalid', name, call(server), deadline);
    },
  },
  {
    name: 'screenshots, keys and power: say hypervisor-unavailable in bounded time',
    needs: 'makeUnavailable',
    run: async (harness) => {
      const { port, consoles, deadline } = harness;
      const server = await existing(port, consoles[0].serverId);
      await harness.makeUnavailable?.();
      for (const [name, call] of controls(port)) {
        await rejectsWith('hypervisor-unavailable', name, call(server), deadline);
      }
    },
  },
];
