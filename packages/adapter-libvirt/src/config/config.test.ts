import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ConfigFiles } from './config-files.js';
import { configSchema } from './config-schema.js';

const hosts = [{ name: 'kvm1', uri: 'qemu:///system' }];
const problems = (config: unknown): string[] => {
  const result = configSchema.safeParse(config);
  return result.success
    ? []
    : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
};

describe('configSchema', () => {
  it('needs hosts, and has a default for the rest', () => {
    expect(configSchema.parse({ hosts })).toEqual({
      hosts: [
        {
          name: 'kvm1',
          uri: { text: 'qemu:///system', driver: 'qemu', machine: undefined, localSocket: true },
        },
      ],
      tls: { required: false },
      displayPasswords: 'domain',
      serialSecondUser: 'refuse',
      timeouts: { connect: 5, call: 10 },
    });
  });

  it.each([
    [{}, 'hosts'],
    [{ hosts: [] }, 'at least one host is needed'],
    [{ hosts: [{ name: 'a/b', uri: 'qemu:///system' }] }, 'hosts.0.name: must be a name'],
    [{ hosts: [{ name: 'a', uri: 'qemu' }] }, 'hosts.0.uri: must be a libvirt URI'],
    [{ hosts: [...hosts, ...hosts] }, 'two hosts have the same name'],
    [{ hosts, defaultProjekt: 'p' }, 'defaultProjekt'],
    [{ hosts, tls: { ca: 'PEM', caFile: 'f' } }, 'tls: give one of ca, caFile, fingerprint'],
    [{ hosts, tls: { certificateFile: 'f' } }, 'tls: certificateFile and keyFile belong together'],
    [{ hosts, tls: { fingerprint: 'ab' } }, 'tls.fingerprint'],
    [{ hosts, tls: { verify: false } }, 'verify'],
    [{ hosts, tls: { subject: 'kvm1' } }, 'tls.subject: must be a subject'],
    [{ hosts, tls: { subject: 'O=Lab, one,CN=kvm1' } }, 'tls.subject: must be a subject'],
    [
      { hosts, tls: { subject: 'CN=kvm1', serverName: 'kvm1' } },
      'tls: subject takes the place of serverName',
    ],
    [{ hosts, timeouts: { call: 0 } }, 'timeouts.call'],
    [{ hosts: [{ ...hosts[0], password: 'a', passwordFile: 'b' }] }, 'give one of password, passwordFile'],
  ])('says what is wrong with %j', (config, problem) => {
    expect(problems(config).join('\n')).toContain(problem);
  });
});

describe('ConfigFiles', () => {
  const directory = (): string => {
    const path = mkdtempSync(join(tmpdir(), 'rc-config-'));
    onTestFinished(() => rmSync(path, { recursive: true }));
    return path;
  };
  const tlsOf = (tls: object) => configSchema.parse({ hosts, tls }).tls;
  const hostOf = (host: object) => configSchema.parse({ hosts: [{ ...hosts[0], ...host }] }).hosts[0]!;

  it('reads certificates and keys beside the configuration', async () => {
    const path = directory();
    for (const name of ['ca', 'cert', 'key']) writeFileSync(join(path, `${name}.pem`), `${name} text`);
    const tls = await new ConfigFiles(path).tls(
      tlsOf({
        caFile: 'ca.pem',
        certificateFile: 'cert.pem',
        keyFile: 'key.pem',
        serverName: 'n',
        required: true,
      }),
    );
    expect(tls).toMatchObject({
      required: true,
      settings: {
        trust: { kind: 'ca', ca: 'ca text' },
        serverName: 'n',
        identity: { certificate: 'cert text' },
      },
    });
    expect(tls.settings.identity?.key.reveal()).toBe('key text');
    expect(inspect(tls, { depth: null })).not.toContain('key text');
  });

  it('believes the system, a CA or one certificate', async () => {
    const files = new ConfigFiles('/');
    expect((await files.tls(tlsOf({}))).settings).toEqual({ trust: { kind: 'system' } });
    expect((await files.tls(tlsOf({ ca: 'PEM' }))).settings.trust).toEqual({ kind: 'ca', ca: 'PEM' });
    const fingerprint = 'AB:'.repeat(31);
    expect((await files.tls(tlsOf({ fingerprint: `${fingerprint}AB` }))).settings.trust).toEqual({
      kind: 'pin',
      algorithm: 'sha256',
      fingerprint: 'ab'.repeat(32),
    });
  });

  it('believes the one of a subject', async () => {
    const subject = 'O=Lab\\, one, CN=kvm1';
    expect((await new ConfigFiles('/').tls(tlsOf({ subject }))).settings).toEqual({
      trust: { kind: 'system' },
      subject,
    });
  });

  it('reads a password, without the newline at its end', async () => {
    const path = directory();
    writeFileSync(join(path, 'password'), 'pass word\n');
    const files = new ConfigFiles(path);
    expect((await files.password(hostOf({ passwordFile: 'password' })))?.reveal()).toBe('pass word');
    expect((await files.password(hostOf({ password: 'here' })))?.reveal()).toBe('here');
    expect(await files.password(hostOf({}))).toBeUndefined();
  });

  it('names a file that it cannot read', async () => {
    await expect(new ConfigFiles(directory()).tls(tlsOf({ caFile: 'absent.pem' }))).rejects.toThrow(
      'cannot read absent.pem: ENOENT',
    );
  });
});
