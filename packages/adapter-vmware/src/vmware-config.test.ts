import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { configSchema, projectRules, tlsTrust } from './vmware-config.js';

const SHA256 = 'AB:'.repeat(31).concat('AB');
const minimal = {
  url: 'https://vcenter.example.org',
  user: 'consoles@vsphere.local',
  password: 'hunter2',
  project: { default: 'p' },
};

function problems(changes: object): string[] {
  const result = configSchema.safeParse({ ...minimal, ...changes });
  return result.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}

describe('the configuration', () => {
  it('needs an address, an account and a project rule, and checks certificates by default', () => {
    const config = configSchema.parse(minimal);
    expect(config).toMatchObject({ trust: 'system', ticketType: 'webmks', timeout: 10 });
    expect(config.hostTrust).toBeUndefined();
    expect(config.password?.reveal()).toBe('hunter2');
    expect(inspect(config, { depth: null }) + JSON.stringify(config)).not.toContain('hunter2');
    for (const key of ['url', 'user', 'password', 'project'])
      expect(problems({ [key]: undefined }), key).not.toEqual([]);
  });

  it('takes a password or a file of one, not both', () => {
    expect(problems({ password: undefined, passwordFile: '/run/secrets/vcenter' })).toEqual([]);
    expect(problems({ passwordFile: 'x' })).toEqual(['password: give either password or passwordFile']);
  });

  it('takes https addresses without an account in them', () => {
    expect(problems({ url: 'https://[2001:db8::1]:8443/sdk' })).toEqual([]);
    for (const url of ['http://vcenter', 'https://u:p@vcenter', 'vcenter', '']) {
      expect(problems({ url }), url).toEqual([expect.stringContaining('url: must be an https:// URL')]);
    }
  });

  it('has no way to switch the check of certificates off', () => {
    expect(problems({ trust: { sha256: SHA256 } })).toEqual([]);
    for (const trust of ['none', false, { sha256: 'AB' }, { sha1: SHA256 }, {}, { insecure: true }]) {
      expect(problems({ trust }), inspect(trust)).not.toEqual([]);
    }
    expect(problems({ hostTrust: { sha256: SHA256 } })).not.toEqual([]);
  });

  it('reads trust as core has it', () => {
    const { trust } = configSchema.parse({ ...minimal, trust: { sha256: SHA256 } });
    expect(tlsTrust(trust, '/')).toEqual({ kind: 'pin', algorithm: 'sha256', fingerprint: 'ab'.repeat(32) });
    expect(tlsTrust('system', '/')).toEqual({ kind: 'system' });
    expect(() => tlsTrust({ caFile: 'missing.pem' }, '/nonexistent')).toThrow('/nonexistent/missing.pem');
  });

  it('wants at least one rule for projects, and none that a guest could write', () => {
    expect(problems({ project: {} })).toEqual(['project: must say how the project of a VM is found']);
    expect(problems({ project: { extraConfig: 'GuestInfo.project' } })).toEqual([
      expect.stringContaining('guests can write'),
    ]);
  });

  it('takes folders with and without slashes around them', () => {
    const { project } = configSchema.parse({
      ...minimal,
      project: { folders: { '/DC0/vm/acme/': 'a', 'DC0/vm': 'b' } },
    });
    expect([...projectRules(project).folders]).toEqual([
      ['DC0/vm/acme', 'a'],
      ['DC0/vm', 'b'],
    ]);
  });

  it('names what it does not know', () => {
    expect(problems({ verify: false })).toEqual([expect.stringContaining('verify')]);
  });
});
