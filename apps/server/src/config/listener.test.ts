import { describe, expect, it } from 'vitest';
import { ConfigError } from './config-problem.js';
import { consoleOffers, gatewayUrl, publicUrl } from './console-offers.js';
import { parseConfig } from './read-config.js';
import { rolesOf } from './role.js';

const HYPERVISORS = 'hypervisors: [{ name: hv, module: m }]\n';
const REDIS = "tokenStore: { module: '@remote-consoles/token-store-redis' }\n";
const parse = (text: string) => parseConfig(HYPERVISORS + text, 'consoles.yaml').config;

function problemsOf(text: string): string[] {
  try {
    parse(text);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ path, line, message }) => `${line} ${path}: ${message}`);
  }
  return [];
}

describe('listeners', () => {
  it('are one address, one listener, or a list of both', () => {
    const a = { host: 'h', port: 1 };
    expect(parse('listen: h:1').listen).toEqual([{ path: ['listen'], address: a }]);
    const tls = { certificateFile: 'c', keyFile: 'k' };
    expect(parse('listen: { address: "h:1", tls: { certificateFile: c, keyFile: k } }').listen).toEqual([
      { path: ['listen'], address: a, tls },
    ]);
    expect(parse('listen: ["h:1", { address: "h:2", roles: [gateway] }]').listen).toEqual([
      { path: ['listen', 0], address: a },
      { path: ['listen', 1], address: { host: 'h', port: 2 }, roles: ['gateway'] },
    ]);
  });

  it('serve all roles of the process, or their own', () => {
    const config = parse(
      'listen: ["h:1", { address: "h:2", roles: [gateway, api, gateway] }, { address: "h:3", roles: [api] }]',
    );
    expect(config.listen.map((listener) => rolesOf(config, listener))).toEqual([
      ['api', 'gateway'],
      ['api', 'gateway'],
      ['api'],
    ]);
  });

  it.each([
    ['listen: []', ['2 listen: at least one address is needed']],
    ['listen: 5', ['2 listen: must be HOST:PORT, or have an address']],
    ['listen: [here]', ['2 listen[0]: must be HOST:PORT, such as 127.0.0.1:8774 or [::1]:8774']],
    ['listen:\n  tls: 5\n  address: x:1', [expect.stringMatching(/^3 listen\.tls: .*expected object/)]],
    [
      'listen:\n  - address: h:1\n    tls:\n      certificateFile: c',
      [expect.stringMatching(/^5 listen\[0\]\.tls\.keyFile: .*string/)],
    ],
    ['listen: { address: "h:1", roles: [] }', [expect.stringMatching(/listen\.roles: at least one of api/)]],
    ['roles: [console]', [expect.stringMatching(/roles\[0\]: .*"api"\|"gateway"/)]],
    [
      'trustedProxies: [10.0.0.0/33, proxy]',
      [expect.stringMatching(/\[0\]: must be an address or a network/), expect.stringMatching(/\[1\]/)],
    ],
  ])('%s is a problem', (text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });
});

describe('roles', () => {
  it('must each have a listener, and listeners no others', () => {
    expect(problemsOf('listen: { address: "h:1", roles: [api] }')).toEqual([
      '2 listen: no listener has the role gateway',
    ]);
    expect(
      problemsOf(`${REDIS}roles: [gateway]\nlisten:\n  - h:1\n  - { address: "h:2", roles: [api] }`),
    ).toEqual(['6 listen[1].roles: api is not one of the roles of this process, gateway']);
  });

  it('of several processes need a token store that they share', () => {
    expect(problemsOf('roles: [gateway]')).toEqual([
      expect.stringMatching(/tokenStore\.module: .*token-store-redis$/),
    ]);
    expect(problemsOf(`${REDIS}roles: [gateway]`)).toEqual([]);
    expect(
      problemsOf('listen: [{ address: "h:1", roles: [api] }, { address: "h:2", roles: [gateway] }]'),
    ).toEqual([]);
  });

  it('of an API alone need to know where the gateways are', () => {
    expect(problemsOf(`${REDIS}roles: [api]\npublicUrl: https://api`)).toEqual([
      expect.stringMatching(/gateway\.publicUrl: is needed/),
    ]);
    expect(problemsOf(`${REDIS}roles: [api]\ngateway: { publicUrl: "https://consoles" }`)).toEqual([]);
    const types =
      'xvpvnc: false, spice-html5: false, serial: false, rdp-html5: false, webmks: false, spice-direct: false';
    expect(
      problemsOf(`${REDIS}roles: [api]\nconsoles: { novnc: { baseUrl: "https://h/" }, ${types} }`),
    ).toEqual([]);
    expect(problemsOf(`${REDIS}roles: [api]\nconsoles: { novnc: true, ${types} }`)).toHaveLength(1);
  });
});

describe('the URLs of a process', () => {
  const SPLIT =
    'listen: [{ address: "10.0.0.1:1", roles: [api] }, { address: ":2", roles: [gateway], tls: { certificateFile: c, keyFile: k } }]\n';
  const urls = (text: string) => {
    const config = parse(text);
    return [publicUrl(config), gatewayUrl(config)];
  };

  it('are those of its listeners, by their roles and TLS', () => {
    expect(urls('listen: 0.0.0.0:1')).toEqual(['http://127.0.0.1:1', 'http://127.0.0.1:1']);
    expect(urls('listen: { address: "h:1", tls: { certificateFile: c, keyFile: k } }')).toEqual([
      'https://h:1',
      'https://h:1',
    ]);
    expect(urls(SPLIT)).toEqual(['http://10.0.0.1:1', 'https://[::1]:2']);
  });

  it('are what the configuration says', () => {
    expect(urls('publicUrl: https://one/')).toEqual(['https://one', 'https://one']);
    expect(urls(`${SPLIT}publicUrl: https://a\ngateway: { publicUrl: "https://g/" }`)).toEqual([
      'https://a',
      'https://g',
    ]);
    expect(consoleOffers(parse('gateway: { publicUrl: "https://g/" }')).get('serial').baseUrl).toBe(
      'wss://g/',
    );
  });
});
