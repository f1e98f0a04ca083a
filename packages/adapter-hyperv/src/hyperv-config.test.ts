import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { configSchema, readTrust, readWinrmAccount } from './hyperv-config.js';

const SHA256 = 'AB:'.repeat(31).concat('AB');
const winrm = { method: 'ntlm', user: 'LAB\\svc', passwordFile: '/run/secrets/winrm' };
const console = { user: 'LAB\\rc', passwordFile: '/run/secrets/console' };
const minimal = { hosts: [{ name: 'hv1.example.org' }], winrm, console, project: { default: 'p' } };

function problems(changes: object): string[] {
  const result = configSchema.safeParse({ ...minimal, ...changes });
  return result.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}
const hostProblems = (changes: object) => problems({ hosts: [{ name: 'hv1', ...changes }] });

describe('the configuration', () => {
  it('needs hosts, accounts and a project rule, and checks certificates by default', () => {
    expect(configSchema.parse(minimal)).toMatchObject({
      hosts: [{ name: 'hv1.example.org', port: 5986, trust: 'system', consoleTrust: 'system' }],
      console: { enhancedSession: false },
      novaNotes: false,
      timeout: 10,
      pollInterval: 5,
    });
    for (const key of ['hosts', 'winrm', 'console', 'project']) {
      expect(problems({ [key]: undefined }), key).not.toEqual([]);
    }
    expect(problems({ hosts: [] })).not.toEqual([]);
  });

  it('takes accounts for all hosts or for each', () => {
    expect(problems({ winrm: undefined, console: undefined })).toEqual([
      'hosts.0.winrm: must be given here or for all hosts',
      'hosts.0.console: must be given here or for all hosts',
    ]);
    const hosts = [{ name: 'hv1', winrm, console }];
    expect(problems({ hosts, winrm: undefined, console: undefined })).toEqual([]);
  });

  it('takes passwords from files alone', () => {
    for (const account of [
      { ...winrm, passwordFile: undefined, password: 'pw' },
      { ...winrm, passwordFile: undefined },
      { ...winrm, method: 'kerberos' },
      { method: 'certificate', certificateFile: 'c' },
    ]) {
      expect(problems({ winrm: account }), inspect(account)).not.toEqual([]);
    }
    expect(problems({ winrm: { method: 'certificate', certificateFile: 'c', keyFile: 'k' } })).toEqual([]);
    expect(problems({ winrm: { ...winrm, method: 'basic' } })).toEqual([]);
    expect(problems({ winrm: { ...winrm, method: 'basic', user: 'a:b' } })).toEqual([
      expect.stringContaining('without a colon'),
    ]);
  });

  it('takes names and addresses of hosts, and nothing else for them', () => {
    for (const address of ['hv1', 'hv1.example.org', '192.0.2.1', '2001:db8::1', 'fe80::1%eth0']) {
      expect(hostProblems({ address }), address).toEqual([]);
    }
    for (const address of ['https://hv1', 'hv1:5986', 'u@hv1', '[::1]', 'a b', '-a', '', 'hv1/', 'hv1.']) {
      expect(hostProblems({ address }), address).not.toEqual([]);
    }
    expect(hostProblems({ name: 'Rack 3, left' })).toEqual([
      'hosts.0.address: must be given where the name is no host name',
    ]);
    expect(problems({ hosts: [{ name: 'a' }, { name: 'a' }] })).toEqual([
      'hosts.1.name: two hosts have the same name',
    ]);
  });

  it('has no way to switch the check of certificates off, nor HTTPS', () => {
    for (const key of ['trust', 'consoleTrust']) {
      for (const trust of [{ sha256: SHA256 }, { sha1: 'AB'.repeat(20) }, { caFile: 'ca.pem' }, 'system']) {
        expect(hostProblems({ [key]: trust }), inspect(trust)).toEqual([]);
      }
      for (const trust of ['none', false, { sha256: 'AB' }, { sha1: SHA256 }, {}, { insecure: true }]) {
        expect(hostProblems({ [key]: trust }), inspect(trust)).not.toEqual([]);
      }
    }
    expect(hostProblems({ tls: false })).toEqual([expect.stringContaining('tls')]);
  });

  it('wants a rule for projects, and a template that is one', () => {
    expect(problems({ project: {} })).toEqual(['project: must say how the project of a VM is found']);
    expect(problems({ project: { notes: true } })).toEqual([]);
    expect(problems({ nameTemplate: 'instance-%08x' })).toEqual([]);
    expect(problems({ nameTemplate: 'instance' })).toEqual([
      expect.stringContaining('such as instance-%08x'),
    ]);
  });

  it('names what it does not know', () => {
    expect(problems({ verify: false })).toEqual([expect.stringContaining('verify')]);
  });
});

describe('what the configuration points to', () => {
  it('is trust as core has it', async () => {
    const [host] = configSchema.parse({
      ...minimal,
      hosts: [{ name: 'hv1', trust: { sha256: SHA256 }, consoleTrust: { sha1: 'AB'.repeat(20) } }],
    }).hosts;
    if (!host) throw new Error('no host');
    const pin = { kind: 'pin', algorithm: 'sha256', fingerprint: 'ab'.repeat(32) };
    expect(await readTrust(host.trust, '/')).toEqual(pin);
    expect(await readTrust(host.consoleTrust, '/')).toMatchObject({ algorithm: 'sha1' });
    expect(await readTrust('system', '/')).toEqual({ kind: 'system' });
    await expect(readTrust({ caFile: 'missing.pem' }, '/nonexistent')).rejects.toThrow(
      '/nonexistent/missing.pem',
    );
  });

  it('is read when it is needed', async () => {
    const { winrm: account } = configSchema.parse(minimal);
    if (!account) throw new Error('no account');
    await expect(readWinrmAccount(account, '/')).rejects.toThrow('/run/secrets/winrm');
  });
});
