import { describe, expect, it } from 'vitest';
import { configSchema } from './config-schema.js';

const server = { id: '1f0c7a52-0000-4000-8000-000000000001', name: 'one', project: 'p', host: 'h' };

const parse = (consoles: unknown) => configSchema.safeParse({ servers: [{ ...server, consoles }] });
const problems = (consoles: unknown) =>
  (parse(consoles).error?.issues ?? []).map(({ path, message }) => `${path.slice(3).join('.')}: ${message}`);

describe('the configuration', () => {
  it('fills in what nobody says', () => {
    expect(configSchema.parse({ servers: [server] })).toEqual({
      protocols: ['vnc', 'spice', 'serial', 'rdp', 'mks'],
      servers: [{ ...server, vmState: 'active', consoles: {} }],
    });
    expect(parse({ vnc: 'live', rdp: { host: 'r' } }).data?.servers[0]?.consoles).toEqual({
      vnc: { kind: 'live', security: 'none', width: 1024, height: 768 },
      rdp: { host: 'r', port: 3389, tls: {} },
    });
    expect(parse({ vnc: { host: 'v' } }).data?.servers[0]?.consoles.vnc).toEqual({
      kind: 'external',
      host: 'v',
      port: 5900,
    });
  });

  it.each<[unknown, string]>([
    [{ vnc: { host: 'v', port: 70000 } }, 'vnc.port'],
    [{ vnc: { host: 'v', password: 'a', passwordFile: 'b' } }, 'vnc: give one of password, passwordFile'],
    [{ vnc: { host: 'v', security: 'none' } }, 'vnc: Unrecognized key: "security"'],
    [{ vnc: { security: 'vnc' } }, 'vnc: a password belongs to'],
    [{ vnc: { security: 'none', password: 'x' } }, 'vnc: a password belongs to'],
    [{ vnc: { width: 10 } }, 'vnc.width'],
    [{ vnc: 'alive' }, 'vnc: Invalid input'],
    [{ spice: { host: 's' } }, 'spice: give port, tlsPort or both'],
    [{ rdp: { host: 'r', user: 'u' } }, 'rdp: user and password belong together'],
    [{ rdp: { host: 'r', tls: { fingerprint: 'abc' } } }, 'rdp.tls.fingerprint: must be the 64 hex digits'],
    [{ rdp: { host: 'r', tls: { ca: 'a', caFile: 'b' } } }, 'rdp.tls: give one of ca, caFile, fingerprint'],
    [{ rdp: { host: 'r', tls: { keyFile: 'k' } } }, 'rdp.tls: certificateFile and keyFile belong together'],
    [{ telnet: {} }, ': Unrecognized key: "telnet"'],
  ])('says what is wrong with %j, and where', (consoles, problem) => {
    const found = problems(consoles);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(problem);
  });

  it('refuses two servers with one id', () => {
    const { error } = configSchema.safeParse({ servers: [server, server] });
    expect(error?.issues[0]?.message).toBe('two servers have the same id');
  });
});
