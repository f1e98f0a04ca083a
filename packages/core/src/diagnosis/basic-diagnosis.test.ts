import { describe, expect, it } from 'vitest';
import type { ConsoleConnection } from '../connection/console-connection.js';
import type { ConsoleType } from '../console/console-type.js';
import { consoleNotImplemented, consoleTypeUnavailable, hypervisorUnavailable } from '../errors.js';
import type { DiagnosisChain, LegResult } from '../ports/diagnosis-port.js';
import type { HypervisorPort } from '../ports/hypervisor-port.js';
import type { Server } from '../server/server.js';
import { diagnosisOf } from './basic-diagnosis.js';
import { describeConnection } from './describe-connection.js';

const server: Server = { id: 's', name: 'web', projectId: 'p', host: 'h', vmState: 'active' };
const connection = (type: ConsoleType): ConsoleConnection => ({
  serverId: 's',
  type,
  transport: { kind: 'websocket', url: 'wss://esx1:9443/ticket/one-use' },
  security: { kind: 'none' },
  connectInfo: { host: 'esx1', port: 9443, tlsPort: null, internalAccessPath: null },
});

const hypervisor = (own: Partial<HypervisorPort> = {}): HypervisorPort => ({
  name: 'hv',
  findServer: async (id) => (id === 's' ? server : undefined),
  listServers: async () => [server],
  openConsole: async (_, type) => {
    if (type === 'novnc') throw consoleNotImplemented();
    if (type === 'serial') throw consoleTypeUnavailable('serial');
    return connection(type);
  },
  watch: () => () => {},
  check: async () => {},
  close: async () => {},
  ...own,
});

async function walk({ legs }: DiagnosisChain): Promise<LegResult[]> {
  const results: LegResult[] = [];
  for (const leg of legs) results.push(await leg.run());
  return results;
}
const diagnose = async (port: HypervisorPort, id: string, types: readonly ConsoleType[]) => {
  const [chain] = diagnosisOf(port).diagnoseServer(id, types);
  return walk(chain ?? { place: '', legs: [] });
};

describe('the diagnosis of a hypervisor that has none of its own', () => {
  it('gives the connection of the first console that the server has', async () => {
    const results = await diagnose(hypervisor(), 's', ['novnc', 'serial', 'webmks', 'spice-html5']);
    expect(results).toEqual([
      { outcome: 'ok', detail: 'it answers' },
      { outcome: 'ok', detail: 'web, ACTIVE, project p, on h' },
      {
        outcome: 'ok',
        detail: 'webmks by WebSocket at esx1:9443',
        connection: connection('webmks'),
      },
    ]);
  });

  it('says what was refused first where the server has none of them', async () => {
    await expect(diagnose(hypervisor(), 's', ['serial', 'novnc'])).rejects.toMatchObject({
      code: 'console-type-unavailable',
    });
    await expect(diagnose(hypervisor(), 's', [])).rejects.toThrow('no type of console is switched on');
  });

  it('does not open a console of a server that is switched off', async () => {
    const stopped = { ...server, vmState: 'stopped' as const };
    await expect(
      diagnose(hypervisor({ findServer: async () => stopped }), 's', ['webmks']),
    ).rejects.toMatchObject({ code: 'server-state-invalid' });
  });

  it('says that a server is not there', async () => {
    expect((await diagnose(hypervisor(), 'other', ['webmks']))[1]).toEqual({
      outcome: 'absent',
      detail: 'there is no server other',
    });
  });

  it('asks the hypervisor whether it answers', async () => {
    const down = hypervisor({ check: () => Promise.reject(hypervisorUnavailable('hv')) });
    const [chain] = diagnosisOf(down).diagnoseHosts();
    await expect(walk(chain ?? { place: '', legs: [] })).rejects.toMatchObject({
      code: 'hypervisor-unavailable',
    });
  });

  it('steps back for the hypervisor’s own', () => {
    const diagnosis = { diagnoseHosts: () => [], diagnoseServer: () => [] };
    expect(diagnosisOf(hypervisor({ diagnosis }))).toBe(diagnosis);
  });
});

describe('describeConnection', () => {
  it('shows no more of a URL than its host', () => {
    const at = (url: string) =>
      describeConnection({ ...connection('webmks'), transport: { kind: 'websocket', url } });
    for (const url of ['wss://u:secret@esx/secret', 'wss://esx?secret', 'secret', 'wss://esx/secret#secret'])
      expect(at(url), url).not.toContain('secret');
    expect(at('wss://[::1]:9443/secret')).toBe('webmks by WebSocket at [::1]:9443');
  });
});
