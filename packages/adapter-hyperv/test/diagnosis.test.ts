import type { DiagnosisChain, HypervisorPort, LegResult } from '@remote-consoles/core';
import { explainFailure } from '@remote-consoles/core';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAdapter } from './adapter-under-test.js';
import { CONSOLE_PASSWORD, Lab, OFF, WEB } from './lab.js';
import { fault } from './wsman-stub.js';

const started = await Lab.start();
const lab = started as Lab;
let port: HypervisorPort | undefined;

beforeEach(() => started?.reset());
afterEach(async () => {
  lab.apache.thaw();
  await port?.close();
  port = undefined;
});
afterAll(() => started?.stop());

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

/** The legs on the way to a server on the host behind NTLM. */
async function diagnose(id: string, { host = {}, more = {} } = {}): Promise<Leg[]> {
  const options = lab.options([lab.host('ntlm', host)], more);
  ({ port } = await createAdapter(options, { configDirectory: lab.directory }));
  const [chain] = port.diagnosis?.diagnoseServer(id, ['novnc', 'rdp-html5']) ?? [];
  if (!chain) throw new Error('no chain');
  const legs = await walk(chain);
  const said = JSON.stringify(legs);
  for (const secret of [CONSOLE_PASSWORD, lab.apache.report.password]) expect(said).not.toContain(secret);
  return legs;
}

const last = async (...about: Parameters<typeof diagnose>) => (await diagnose(...about)).at(-1);

describe.skipIf(!started)('the way to a VM', () => {
  it('leads through WinRM to the console of the VM', async () => {
    const legs = await diagnose(WEB);
    expect(legs).toMatchObject([
      { name: 'WinRM login', outcome: 'ok', detail: expect.stringContaining('port 2179') },
      { name: 'find the VM', outcome: 'ok', detail: `web, GUID ${WEB}` },
      { name: 'state', outcome: 'ok', detail: expect.stringMatching(/ACTIVE.*EnabledState 2/) },
      { name: 'open the console', outcome: 'ok', detail: 'rdp-html5 by TCP at 127.0.0.1:2179' },
    ]);
    expect(legs.at(-1)).toMatchObject({ connection: { type: 'rdp-html5', serverId: WEB.toLowerCase() } });
  });

  it('begins at the port of WinRM and its certificate', async () => {
    const hyperv = (await createAdapter(lab.options([lab.host('ntlm')]), { configDirectory: lab.directory }))
      .port;
    port = hyperv;
    const [host] = hyperv.diagnosis?.diagnoseHosts() ?? [];
    const { ports, sha256 } = lab.apache.report;
    expect(host?.place).toBe('host hv-ntlm');
    expect(host?.endpoint).toMatchObject({
      host: '127.0.0.1',
      port: ports.ntlm,
      tls: { trust: { kind: 'pin' } },
    });
    expect(JSON.stringify(host?.endpoint)).toContain(sha256.replaceAll(':', '').toLowerCase());
    expect(host && (await walk(host)).map(({ name, outcome }) => `${outcome} ${name}`)).toEqual([
      'ok WinRM login',
    ]);
  });

  it('ends at a wrong password, which is tried once', async () => {
    const winrm = { ...(lab.host('ntlm') as { winrm: object }).winrm, passwordFile: 'wrong-password' };
    const leg = await last(WEB, { host: { winrm } });
    expect(leg).toMatchObject({ name: 'WinRM login', outcome: 'failed' });
    expect(leg).toMatchObject({ advice: expect.stringMatching(/user and password under `winrm`.*locks/) });
    expect(JSON.stringify(leg)).not.toContain('Wr0ng-pw');
  });

  it('ends at a file of a password that is not there', async () => {
    const winrm = { ...(lab.host('ntlm') as { winrm: object }).winrm, passwordFile: 'nowhere' };
    expect(await last(WEB, { host: { winrm } })).toMatchObject({
      name: 'WinRM login',
      detail: expect.stringContaining('nowhere'),
      advice: expect.stringContaining('no such file'),
    });
    expect(
      await last(WEB, { more: { console: { user: 'LAB\\rc', passwordFile: 'nowhere' } } }),
    ).toMatchObject({
      name: 'open the console',
      detail: expect.stringContaining('nowhere'),
    });
  });

  it.each([
    ['AccessDenied', 'w:AccessDenied', 'Access is denied.', /Hyper-V Administrators/],
    ['no Hyper-V', 'w:CannotProcessFilter', 'invalid class', /the role is installed/],
  ])('ends at a host that says %s', async (_, subcode, text, advice) => {
    lab.service('ntlm').interfere = (_message, response) => {
      fault(response, subcode, text);
      return true;
    };
    expect(await last(WEB)).toMatchObject({ name: 'WinRM login', advice: expect.stringMatching(advice) });
  });

  it('ends at a host that is silent', async () => {
    lab.apache.freeze();
    expect(await last(WEB, { more: { timeout: 1 } })).toMatchObject({
      name: 'WinRM login',
      outcome: 'failed',
    });
  });

  it('ends at a VM that is off, is nobody’s, or is not there', async () => {
    expect(await last(OFF)).toMatchObject({
      name: 'state',
      outcome: 'failed',
      advice: expect.stringContaining("Start-VM -Name 'off'"),
    });
    expect(await last(WEB, { more: { project: { notes: true } } })).toMatchObject({
      name: 'state',
      outcome: 'failed',
      advice: expect.stringContaining('project.default'),
    });
    expect(await last('0b5c41f7-9b4a-4b53-8c3c-000000000000')).toMatchObject({
      name: 'find the VM',
      outcome: 'absent',
    });
  });
});
