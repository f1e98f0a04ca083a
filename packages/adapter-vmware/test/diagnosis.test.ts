import {
  type DiagnosisChain,
  explainFailure,
  type HypervisorPort,
  type LegResult,
} from '@remote-consoles/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAdapter, optionsFor } from './adapter-under-test.js';
import { partsAreThere, simulatorIsThere } from './parts.js';
import { Vcsim } from './vcsim.js';
import { returns, serverIdOfVm, VsphereDouble } from './vsphere-double.js';

type Leg = LegResult & { readonly name: string };

async function walk({ legs }: DiagnosisChain): Promise<Leg[]> {
  const walked: Leg[] = [];
  for (const { name, run } of legs) {
    const result = await run().catch((error: unknown): LegResult => explainFailure(error));
    walked.push({ name, ...result });
    if (result.outcome === 'failed' || result.outcome === 'absent') break;
  }
  return walked;
}

async function diagnose(port: HypervisorPort, id: string): Promise<Leg[]> {
  const [chain] = port.diagnosis?.diagnoseServer(id, ['novnc', 'webmks']) ?? [];
  if (!chain) throw new Error('no chain');
  return walk(chain);
}

const there = await partsAreThere('a diagnosis of vSphere', 'debian-packages.sh', ['openssl']);

describe.skipIf(!there)('the way into vSphere', () => {
  let double: VsphereDouble;
  let port: HypervisorPort;
  beforeEach(async () => {
    double = await new VsphereDouble().start();
    ({ port } = await createAdapter(optionsFor(double, { timeout: 1 })));
  });
  afterEach(async () => {
    await port.close();
    await double.stop();
  });
  const id = serverIdOfVm('vm-1');
  const property = (name: string, value: string, type = 'xsd:string') =>
    `<propSet><name>${name}</name><val xsi:type="${type}" type="HostSystem">${value}</val></propSet>`;
  const runningVm = returns(
    `<objects><obj type="VirtualMachine">vm-1</obj>${property('name', 'vm-1')}${property('config.instanceUuid', id)}
     ${property('runtime.powerState', 'poweredOn')}${property('runtime.host', 'host-1', 'ManagedObjectReference')}</objects>
     <objects><obj type="HostSystem">host-1</obj>${property('name', 'esx1')}</objects>`,
  );
  const last = async () => (await diagnose(port, id)).at(-1);

  it('begins at the port of the API and its certificate', () => {
    const [chain] = port.diagnosis?.diagnoseHosts() ?? [];
    const { port: number } = new URL(double.url);
    expect(chain?.endpoint).toEqual({
      host: '127.0.0.1',
      port: Number(number),
      tls: { trust: { kind: 'pin', algorithm: 'sha256', fingerprint: double.sha256 } },
    });
  });

  it('ends at a wrong password, which is tried once', async () => {
    double.on('Login', { fault: 'InvalidLogin' });
    const leg = await last();
    expect(leg).toMatchObject({
      name: 'log in',
      outcome: 'failed',
      advice: expect.stringMatching(/password.*locks/),
    });
    expect(JSON.stringify(leg)).not.toContain(double.password);
    expect(double.count('Login')).toBe(1);
  });

  it('ends at what is no vSphere, or is silent', async () => {
    double.on('CurrentTime', { raw: (response) => response.end('<html>') });
    expect(await last()).toMatchObject({
      name: 'log in',
      advice: expect.stringContaining('not the vSphere API'),
    });
    double.on('CurrentTime', { raw: () => undefined });
    expect(await last()).toMatchObject({ name: 'log in', advice: expect.stringContaining('silent') });
  });

  it('ends at an account that may not open consoles', async () => {
    double.on('RetrievePropertiesEx', runningVm);
    double.on('AcquireTicket', { fault: 'NoPermission' });
    expect(await last()).toMatchObject({
      name: 'ticket',
      advice: expect.stringContaining('ConsoleInteract'),
    });
  });

  it('ends at a ticket that names no certificate', async () => {
    double.on('RetrievePropertiesEx', runningVm);
    double.on(
      'AcquireTicket',
      returns('<ticket>t</ticket><cfgFile>c</cfgFile><host>esx1</host><port>443</port>'),
    );
    expect(await last()).toMatchObject({ name: 'ticket', advice: expect.stringContaining('hostTrust') });
  });

  it('ends at a VM that is nobody’s', async () => {
    await port.close();
    ({ port } = await createAdapter(
      optionsFor(double, { timeout: 1, project: { customAttribute: 'none' } }),
    ));
    expect(await last()).toMatchObject({
      name: 'power state',
      advice: expect.stringContaining('project.default'),
    });
  });
});

describe.skipIf(!(await simulatorIsThere()))('the way to a VM of a simulated vCenter', () => {
  it('leads to a ticket, unless the VM is off or not there', async () => {
    const vcsim = await Vcsim.start();
    const { port } = await createAdapter(optionsFor(vcsim.ready));
    try {
      const [first, second] = vcsim.ready.vms;
      const legs = await diagnose(port, first.instanceUuid);
      expect(legs.map(({ name, outcome }) => `${outcome} ${name}`)).toEqual([
        'ok log in',
        'ok find the VM',
        'ok power state',
        'ok ticket',
      ]);
      expect(legs[1]?.detail).toBe(first.moid);
      expect(legs.at(-1)).toMatchObject({ connection: { type: 'webmks', serverId: first.instanceUuid } });
      await (await vcsim.admin()).power(second.moid, 'poweredOff');
      expect((await diagnose(port, second.instanceUuid)).at(-1)).toMatchObject({
        name: 'power state',
        outcome: 'failed',
        advice: expect.stringContaining('power it on'),
      });
      expect((await diagnose(port, '00000000-0000-4000-8000-000000000000')).at(-1)).toMatchObject({
        name: 'find the VM',
        outcome: 'absent',
      });
    } finally {
      await port.close();
      await vcsim.stop();
    }
  });
});
