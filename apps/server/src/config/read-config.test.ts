import { describe, expect, it } from 'vitest';
import { ConfigError } from './config-problem.js';
import { consoleOffers, publicUrl } from './console-offers.js';
import { parseConfig, readConfig } from './read-config.js';

const minimal = `
hypervisors:
  - name: hv
    module: some-adapter
`;

function problemsOf(text: string) {
  try {
    parseConfig(text, 'consoles.yaml');
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('a configuration', () => {
  it('needs a hypervisor and nothing else', () => {
    const { config } = parseConfig(minimal, 'consoles.yaml');
    expect(config.listen).toEqual([{ path: ['listen'], address: { host: '127.0.0.1', port: 8774 } }]);
    expect(config.roles).toEqual(['api', 'gateway']);
    expect(config.tokens).toEqual({ ttl: 600, oneTime: false });
    expect(config.auth.module).toBe('@remote-consoles/auth-static');
    expect(config.gateway.allowedOrigins).toEqual([]);
  });

  it('says everything that is wrong at once, with path and line', () => {
    const problems = problemsOf(`listen: nowhere
tokens:
  ttl: -1
  onetime: true
hypervisors:
  - name: hv
    module: m
  - name: hv
    module: m
`);
    expect(problems).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path: 'listen', line: 1, message: expect.stringContaining('HOST:PORT') }),
        expect.objectContaining({ path: 'tokens.ttl', line: 3 }),
        expect.objectContaining({ path: 'tokens', message: expect.stringContaining('onetime') }),
        expect.objectContaining({
          path: 'hypervisors[1].name',
          line: 8,
          message: 'the name hv is taken already',
        }),
      ]),
    );
  });

  it('says where the YAML itself is broken', () => {
    expect(problemsOf('a: [1, 2\nb: 3')[0]?.line).toBeGreaterThan(0);
  });

  it('is asked for its hypervisors when it is empty', () => {
    expect(problemsOf('')).toEqual([expect.objectContaining({ path: 'hypervisors' })]);
  });

  it('survives a bomb of aliases', () => {
    const levels = Array.from(
      { length: 12 },
      (_, n) => `a${n}: &a${n} [${n ? `*a${n - 1},`.repeat(9) : '1'}]`,
    );
    expect(problemsOf(levels.join('\n'))).toEqual([
      expect.objectContaining({ message: expect.stringContaining('alias') }),
    ]);
  });

  it('refuses a base URL of the wrong scheme', () => {
    expect(problemsOf(`${minimal}\nconsoles: { novnc: { baseUrl: "javascript:alert(1)" } }`)).toHaveLength(1);
    expect(problemsOf(`${minimal}\nconsoles: { serial: { baseUrl: "http://h/" } }`)).toHaveLength(1);
  });

  it('says that a file cannot be read', async () => {
    await expect(readConfig('/nonexistent/consoles.yaml')).rejects.toThrow(/cannot be read \(ENOENT\)/);
  });
});

describe('the offers of a configuration', () => {
  it('are all types at the public URL', () => {
    const { config } = parseConfig(`${minimal}\npublicUrl: https://consoles.example.org/`, 'consoles.yaml');
    expect(publicUrl(config)).toBe('https://consoles.example.org');
    expect(consoleOffers(config).get('novnc').baseUrl).toBe('https://consoles.example.org/vnc_lite.html');
    expect(consoleOffers(config).get('serial').baseUrl).toBe('wss://consoles.example.org/');
  });

  it('leave out what is switched off and take a base URL as it is', () => {
    const text = `${minimal}\nconsoles: { webmks: false, novnc: { baseUrl: "http://h:6080/vnc_auto.html" } }`;
    const offers = consoleOffers(parseConfig(text, 'consoles.yaml').config);
    expect(() => offers.get('webmks')).toThrow('Unavailable console type webmks.');
    expect(offers.get('novnc').baseUrl).toBe('http://h:6080/vnc_auto.html');
  });

  it('need a public URL where the port is not known yet', () => {
    expect(problemsOf(`${minimal}\nlisten: 127.0.0.1:0`)).toEqual([
      expect.objectContaining({ path: 'publicUrl' }),
    ]);
  });

  it('keeps audit records as log lines, in a file, or not at all', () => {
    const auditOf = (text: string) => parseConfig(minimal + text, 'consoles.yaml').config.audit;
    expect(auditOf('')).toEqual({ destination: 'stdout' });
    expect(auditOf('audit: { destination: none }')).toEqual({ destination: 'none' });
    expect(auditOf('audit: { destination: file, file: a.log }')).toEqual({
      destination: 'file',
      file: 'a.log',
    });
    expect(problemsOf(`${minimal}audit: { destination: file }`)).toMatchObject([{ path: 'audit.file' }]);
    expect(problemsOf(`${minimal}audit: { destination: syslog }`)).toMatchObject([
      { path: 'audit.destination' },
    ]);
  });
});
