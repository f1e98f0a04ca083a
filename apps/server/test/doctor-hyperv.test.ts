import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONSOLE_PASSWORD, Lab, WEB } from '../../../packages/adapter-hyperv/test/lab.js';
import { type ListenerDouble, listenAsHyperV } from '../../../packages/rdp-tunnel/test/listener-double.js';
import { fingerprint, TestAuthority } from '../../../scripts/fixtures/certificates.js';
import { runProgram } from './run-server.js';

const started = await Lab.start();
const lab = started as Lab;

describe.skipIf(!started)('remote-consoles doctor, with a Hyper-V host behind Apache', () => {
  const authority = new TestAuthority();
  const identity = authority.issue('IP:127.0.0.1');
  let listener: ListenerDouble;
  beforeAll(async () => {
    lab.reset();
    listener = await listenAsHyperV({
      port: 0,
      key: identity.key,
      certificate: identity.cert,
      certificateDer: Uint8Array.from(new X509Certificate(identity.cert).raw),
      passwordOf: (user) => (user === 'rc-console' ? CONSOLE_PASSWORD : undefined),
    });
    lab.service('ntlm').wmi.listenerPort = listener.port;
  });
  afterAll(async () => {
    await listener.close();
    await lab.stop();
    authority.remove();
  });

  async function legs(host: object = {}) {
    const consoleTrust = { sha256: fingerprint(identity.cert, 'sha256') };
    const options = lab.options([lab.host('ntlm', { consoleTrust, ...host })]);
    const hypervisors = [{ name: 'hv', module: '@remote-consoles/adapter-hyperv', options }];
    const auth = {
      options: { tokens: [{ token: 'sesame-open-up', user: 'u', project: 'p', roles: ['member'] }] },
    };
    const config = join(lab.directory, 'consoles.yaml');
    await writeFile(config, JSON.stringify({ auth, hypervisors }));
    const { stdout } = await runProgram(['doctor', '--config', config, '--json', '--server', WEB]);
    for (const secret of [CONSOLE_PASSWORD, lab.apache.report.password]) expect(stdout).not.toContain(secret);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    // Nobody serves the page.
    return lines.filter(({ place = 'page' }) => !place.startsWith('page'));
  }

  it('walks through WinRM to the listener of consoles, and into it', async () => {
    const all = await legs();
    expect(all.map(({ outcome, leg }) => `${outcome} ${leg.replace(/ \d+$/, ' PORT')}`)).toEqual([
      'ok TCP PORT',
      'ok TLS',
      'ok WinRM login',
      'ok find the VM',
      'ok state',
      'ok open the console',
      'ok TCP PORT',
      'ok preconnection blob',
      'ok TLS',
      'ok CredSSP',
      'ok X.224',
    ]);
    expect(listener.seen).toMatchObject({ preconnectionText: WEB, user: 'rc-console' });
  });

  it('ends at the certificate of the listener, before an account is told to it', async () => {
    const failed = (await legs({ consoleTrust: 'system' })).find(({ outcome }) => outcome === 'failed');
    expect(failed).toMatchObject({ leg: 'TLS', advice: expect.stringContaining('pin') });
    expect(failed.detail).toContain(fingerprint(identity.cert, 'sha256'));
  });

  it('ends at the certificate of WinRM, before a login', async () => {
    const all = await legs({ trust: { sha256: 'ab'.repeat(32) } });
    expect(all.find(({ outcome }) => outcome === 'failed')).toMatchObject({ leg: 'TLS' });
    expect(all.find(({ leg }) => leg === 'WinRM login')).toMatchObject({ outcome: 'not reached' });
  });
});
