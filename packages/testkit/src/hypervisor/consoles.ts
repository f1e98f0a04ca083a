import { inspect } from 'node:util';
import {
  CONSOLE_TYPES,
  type ConsoleConnection,
  type ConsoleErrorCode,
  type ConsoleType,
  type HypervisorPort,
  protocolOf,
  type Server,
} from '@remote-consoles/core';
import { expect } from 'vitest';
import type { ContractCheck } from '../contract.js';
import { DEFAULT_DEADLINE, rejectsWith, within } from '../expectations.js';
import type { HypervisorHarness } from './hypervisor-harness.js';

const TRANSPORTS = ['tcp', 'tls', 'unix', 'websocket', 'hypervisor'];
const SECURITY_OF: Readonly<Record<ReturnType<typeof protocolOf>, readonly string[]>> = {
  vnc: ['none', 'rfb'],
  spice: ['none', 'spice-ticket'],
  serial: ['none'],
  rdp: ['rdp'],
  mks: ['none', 'rfb'],
};
const REFUSALS: readonly ConsoleErrorCode[] = ['console-type-unavailable', 'console-not-implemented'];

async function open(port: HypervisorPort, serverId: string, type: ConsoleType): Promise<ConsoleConnection> {
  return port.openConsole(await existing(port, serverId), type);
}

async function existing(port: HypervisorPort, id: string): Promise<Server> {
  const server = await port.findServer(id);
  if (!server) throw new Error(`the harness names the server ${id}, which the hypervisor does not find`);
  return server;
}

function assertPort(port: number, what: string): void {
  expect(Number.isInteger(port) && port >= 1 && port <= 65_535, `${what} ${port} is a TCP port`).toBe(true);
}

function assertTransport({ transport }: ConsoleConnection, port: HypervisorPort): void {
  expect(TRANSPORTS).toContain(transport.kind);
  switch (transport.kind) {
    case 'tcp':
    case 'tls':
      expect(transport.host).not.toBe('');
      assertPort(transport.port, 'transport.port');
      return;
    case 'unix':
      expect(transport.path).toMatch(/^\//);
      return;
    case 'websocket':
      expect(new URL(transport.url).protocol).toMatch(/^wss?:$/);
      return;
    case 'hypervisor':
      expect(transport.hypervisor, 'a stream is asked of the hypervisor by its name').toBe(port.name);
      expect(port.streams, 'who writes transport "hypervisor" has streams').toBeDefined();
  }
}

function assertConnection(connection: ConsoleConnection, port: HypervisorPort): void {
  assertTransport(connection, port);
  const { security, type, connectInfo } = connection;
  expect(SECURITY_OF[protocolOf(type)], `security of ${type}`).toContain(security.kind);
  expect(connectInfo.host, 'connectInfo.host').toEqual(expect.any(String));
  expect(Number.isInteger(connectInfo.port), 'connectInfo.port').toBe(true);
  if (connectInfo.tlsPort !== null) assertPort(connectInfo.tlsPort, 'connectInfo.tlsPort');
  const path = connectInfo.internalAccessPath;
  expect(path === null || typeof path === 'string', 'connectInfo.internalAccessPath').toBe(true);
}

/** Consoles are opened as the contract says, or refused with the code that it names. */
export const consoleChecks: readonly ContractCheck<HypervisorHarness>[] = [
  {
    name: 'openConsole: says where the console is and what secures it',
    run: async ({ port, consoles, deadline = DEFAULT_DEADLINE }) => {
      for (const { serverId, type } of consoles) {
        const connection = await within(deadline, 'openConsole', open(port, serverId, type));
        expect(connection).toMatchObject({ serverId, type });
        assertConnection(connection, port);
      }
    },
  },
  {
    name: 'openConsole: is answered again and again, and many times at once',
    run: async ({ port, consoles: [{ serverId, type }] }) => {
      const server = await existing(port, serverId);
      for (const connection of await Promise.all(
        Array.from({ length: 8 }, () => port.openConsole(server, type)),
      )) {
        expect(connection).toMatchObject({ serverId, type });
        assertConnection(connection, port);
      }
    },
  },
  {
    name: 'openConsole: no secret is printed with a connection',
    needs: 'secrets',
    run: async ({ port, consoles, secrets = [] }) => {
      for (const { serverId, type } of consoles) {
        const connection = await open(port, serverId, type);
        const printed = `${JSON.stringify(connection)} ${inspect(connection, { depth: null, showHidden: true })}`;
        for (const secret of secrets) expect(printed.includes(secret), 'a secret is printed').toBe(false);
      }
    },
  },
  {
    name: 'openConsole: every type of every running server is opened, or refused as unavailable or not implemented',
    run: async ({ port, consoles, deadline = DEFAULT_DEADLINE }) => {
      for (const serverId of new Set(consoles.map((sample) => sample.serverId))) {
        for (const type of CONSOLE_TYPES) {
          const attempt = open(port, serverId, type);
          const opened = await attempt.then(
            (connection) => connection,
            () => undefined,
          );
          if (opened) assertConnection(opened, port);
          else await rejectsWith(REFUSALS, `openConsole ${type} of ${serverId}`, attempt, deadline);
        }
      }
    },
  },
  {
    name: 'openConsole: a guest without the device is console-type-unavailable',
    needs: 'withoutDevice',
    run: async ({ port, withoutDevice, deadline }) => {
      if (!withoutDevice) return;
      const { serverId, type } = withoutDevice;
      await rejectsWith(
        'console-type-unavailable',
        `openConsole ${type}`,
        open(port, serverId, type),
        deadline,
      );
    },
  },
  {
    name: 'openConsole: a console that this hypervisor never has is console-not-implemented',
    needs: 'notImplemented',
    run: async ({ port, notImplemented, deadline }) => {
      if (!notImplemented) return;
      const { serverId, type } = notImplemented;
      await rejectsWith(
        'console-not-implemented',
        `openConsole ${type}`,
        open(port, serverId, type),
        deadline,
      );
    },
  },
  {
    name: 'openConsole: a server that does not exist is server-not-found',
    run: async ({ port, consoles: [{ serverId, type }], deadline }) => {
      const gone = { ...(await existing(port, serverId)), id: '00000000-0000-4000-8000-000000000000' };
      await rejectsWith('server-not-found', 'openConsole', port.openConsole(gone, type), deadline);
    },
  },
  {
    name: 'openConsole: a server that is shut off is server-state-invalid',
    needs: 'stopped',
    run: async ({ port, stopped = '', consoles: [{ type }], deadline }) => {
      await rejectsWith('server-state-invalid', 'openConsole', open(port, stopped, type), deadline);
    },
  },
  {
    name: 'openConsole: tells the state now, not the one that the caller remembers',
    needs: 'endFirstConsole',
    run: async (harness) => {
      const { port, consoles, deadline } = harness;
      const [{ serverId, type }] = consoles;
      const remembered = await existing(port, serverId);
      await harness.endFirstConsole?.();
      await rejectsWith(
        ['server-state-invalid', 'server-not-found'],
        'openConsole of a server that has ended',
        port.openConsole(remembered, type),
        deadline,
      );
    },
  },
];
