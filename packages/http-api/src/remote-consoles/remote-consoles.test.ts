import { describe, expect, it } from 'vitest';
import { BASES, SERVERS } from '../../test/fixtures/fixture-cloud.js';
import { fault, UUID, useCloud } from '../../test/fixtures/use-cloud.js';

const fixture = useCloud();
const consolesOf = (id: string) => `/v2.1/servers/${id}/remote-consoles`;
const EVERYTHING = consolesOf(SERVERS.everything.id);
const console = (protocol: unknown, type: unknown) => ({ remote_console: { protocol, type } });

const ask = (body: unknown, version = '2.99', path = EVERYTHING, token = 'member') =>
  fixture.api.post(path, { token, version, body });

const PAIRS = [
  ['vnc', 'novnc', '2.6', `${BASES.novnc}?path=%3Ftoken%3D`],
  ['vnc', 'xvpvnc', '2.6', `${BASES.xvpvnc}?token=`],
  ['spice', 'spice-html5', '2.6', `${BASES['spice-html5']}?token=`],
  ['serial', 'serial', '2.6', `${BASES.serial}?token=`],
  ['rdp', 'rdp-html5', '2.6', `${BASES['rdp-html5']}?token=`],
  ['mks', 'webmks', '2.8', `${BASES.webmks}?token=`],
  ['spice', 'spice-direct', '2.99', `${BASES['spice-direct']}?token=`],
] as const;

describe('a console that can be had', () => {
  it.each(PAIRS)('%s + %s since %s', async (protocol, type, since, prefix) => {
    for (const version of [since, '2.99', 'latest']) {
      const { status, json } = await ask(console(protocol, type), version);
      expect(status).toBe(200);
      expect(json).toEqual({ remote_console: { protocol, type, url: expect.any(String) } });
      const { url } = (json as { remote_console: { url: string } }).remote_console;
      expect(url.slice(0, prefix.length)).toBe(prefix);
      expect(url.slice(prefix.length)).toMatch(new RegExp(`^${UUID}$`));
    }
  });

  it('answers with the headers that Nova sends', async () => {
    const { headers } = await ask(console('vnc', 'novnc'), '2.6');
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'openstack-api-version': 'compute 2.6',
      'x-openstack-nova-api-version': '2.6',
      vary: 'OpenStack-API-Version, X-OpenStack-Nova-API-Version',
      'x-openstack-request-id': expect.stringMatching(new RegExp(`^req-${UUID}$`)),
      'cache-control': 'no-store',
    });
    expect(headers['x-compute-request-id']).toBe(headers['x-openstack-request-id']);
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('etag');
  });

  it('gives every request a token of its own', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(console('vnc', 'novnc'))));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(20);
  });

  it('is there under the path with the project as well', async () => {
    const path = EVERYTHING.replace('/v2.1', `/v2.1/${SERVERS.everything.projectId}`);
    expect((await ask(console('vnc', 'novnc'), '2.6', path)).status).toBe(200);
  });

  it('ignores the query string', async () => {
    expect((await ask(console('vnc', 'novnc'), '2.6', `${EVERYTHING}?a=b&type=x`)).status).toBe(200);
  });

  it('takes the last of duplicate keys', async () => {
    const body = '{"remote_console":{"protocol":"spice","protocol":"vnc","type":"novnc"}}';
    expect((await ask(body)).json).toMatchObject({ remote_console: { protocol: 'vnc' } });
  });

  it('is an administrator’s on every project', async () => {
    const { status } = await ask(console('vnc', 'novnc'), '2.6', consolesOf(SERVERS.foreign.id), 'admin');
    expect(status).toBe(200);
  });
});

describe('a body that the schema refuses', () => {
  const P26 = "['vnc', 'spice', 'serial', 'rdp']";
  const P28 = "['vnc', 'spice', 'serial', 'rdp', 'mks']";
  const T26 = "['novnc', 'xvpvnc', 'spice-html5', 'serial', 'rdp-html5']";
  const T28 = "['novnc', 'xvpvnc', 'spice-html5', 'serial', 'rdp-html5', 'webmks']";
  const T299 = "['novnc', 'xvpvnc', 'spice-html5', 'serial', 'rdp-html5', 'webmks', 'spice-direct']";
  const of = (field: string) => `Invalid input for field/attribute ${field}. Value: `;

  it.each([
    ['2.6', '{}', "'remote_console' is a required property"],
    ['2.6', '{"console":{}}', "'remote_console' is a required property"],
    ['2.6', undefined, "None is not of type 'object'"],
    ['2.6', '', "None is not of type 'object'"],
    ['2.6', 'null', "None is not of type 'object'"],
    ['2.6', '[]', "[] is not of type 'object'"],
    ['2.6', '"str"', "'str' is not of type 'object'"],
    ['2.6', '5', "5 is not of type 'object'"],
    ['2.6', 'true', "True is not of type 'object'"],
    ['2.6', '1.50', "1.5 is not of type 'object'"],
    ['2.6', '{"remote_console":{}}', `${of('remote_console')}{}. 'protocol' is a required property`],
    [
      '2.6',
      '{"remote_console":{"protocol":"vnc"}}',
      `${of('remote_console')}{'protocol': 'vnc'}. 'type' is a required property`,
    ],
    ['2.6', '{"remote_console":null}', `${of('remote_console')}None. None is not of type 'object'`],
    ['2.6', '{"remote_console":"x"}', `${of('remote_console')}x. 'x' is not of type 'object'`],
    ['2.6', '{"remote_console":[]}', `${of('remote_console')}[]. [] is not of type 'object'`],
    ['2.6', console(1, 'novnc'), `${of('protocol')}1. 1 is not of type 'string'`],
    ['2.6', console(null, 'novnc'), `${of('protocol')}None. None is not of type 'string'`],
    [
      '2.6',
      '{"remote_console":{"protocol":12345678901234567890123,"type":"novnc"}}',
      `${of('protocol')}12345678901234567890123. 12345678901234567890123 is not of type 'string'`,
    ],
    ['2.6', console('x', 'novnc'), `${of('protocol')}x. 'x' is not one of ${P26}`],
    ['2.7', console('mks', 'novnc'), `${of('protocol')}mks. 'mks' is not one of ${P26}`],
    ['2.8', console('x', 'novnc'), `${of('protocol')}x. 'x' is not one of ${P28}`],
    ['2.6', console('vnc', 'x'), `${of('type')}x. 'x' is not one of ${T26}`],
    ['2.7', console('vnc', 'webmks'), `${of('type')}webmks. 'webmks' is not one of ${T26}`],
    [
      '2.98',
      console('spice', 'spice-direct'),
      `${of('type')}spice-direct. 'spice-direct' is not one of ${T28}`,
    ],
    ['2.99', console('vnc', 'x'), `${of('type')}x. 'x' is not one of ${T299}`],
    ['2.6', console('vnc', {}), `${of('type')}{}. {} is not of type 'string'`],
    ['2.6', console('x', 'y'), `${of('protocol')}x. 'x' is not one of ${P26}`],
    ['2.6', { remote_console: { type: 'x' } }, `${of('type')}x. 'x' is not one of ${T26}`],
    [
      '2.6',
      { remote_console: { protocol: 'vnc', type: 'novnc', foo: 1 } },
      `${of('remote_console')}{'protocol': 'vnc', 'type': 'novnc', 'foo': 1}. Additional properties are not allowed ('foo' was unexpected)`,
    ],
    [
      '2.6',
      { remote_console: { protocol: 'vnc', type: 'novnc', foo: 1, bar: [null, true] } },
      `${of('remote_console')}{'protocol': 'vnc', 'type': 'novnc', 'foo': 1, 'bar': [None, True]}. Additional properties are not allowed ('bar', 'foo' were unexpected)`,
    ],
    [
      '2.6',
      '{"remote_console":{"protocol":"vnc","type":"novnc","__proto__":1}}',
      `${of('remote_console')}{'protocol': 'vnc', 'type': 'novnc', '__proto__': 1}. Additional properties are not allowed ('__proto__' was unexpected)`,
    ],
    [
      '2.6',
      { ...console('vnc', 'novnc'), extra: 1 },
      "Additional properties are not allowed ('extra' was unexpected)",
    ],
    ['2.6', { ...console('x', 'novnc'), extra: 1 }, `${of('protocol')}x. 'x' is not one of ${P26}`],
  ])('%s %j', async (version, body, message) => {
    const answer = await ask(body, version);
    expect(answer.json).toEqual(fault('badRequest', 400, message));
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=UTF-8',
      'openstack-api-version': `compute ${version}`,
    });
  });

  it.each([
    ['not JSON', '{'],
    ['nothing but space', '  '],
    ['single quotes', "{'a': 1}"],
    ['a byte order mark', `\ufeff${JSON.stringify(console('vnc', 'novnc'))}`],
    ['invalid UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22])],
    ['UTF-16', Buffer.from(JSON.stringify(console('vnc', 'novnc')), 'utf16le')],
    ['50,000 nested arrays', '['.repeat(50_000) + ']'.repeat(50_000)],
    ['50,000 nested objects', '{"a":'.repeat(22_000)],
    ['two values', '{} {}'],
  ])('%s', async (_what, body) => {
    expect((await ask(body)).json).toEqual(fault('badRequest', 400, 'Malformed request body'));
  });

  it('nests deep but not too deep', async () => {
    const body = `{"remote_console":${'['.repeat(500)}${']'.repeat(500)}}`;
    expect((await ask(body)).json).toEqual(
      fault(
        'badRequest',
        400,
        expect.stringMatching(/^Invalid input for field\/attribute remote_console\. Value: \[\[/),
      ),
    );
  });

  it('repeats of 100 KB no more than a little', async () => {
    for (const value of ['x'.repeat(100_000), [`${'y'.repeat(100_000)}`], { ['z'.repeat(100_000)]: 1 }]) {
      const { text } = await ask(console(value, 'novnc'));
      expect(text).toContain('...');
      expect(text.length).toBeLessThan(2500);
    }
    const extras = Object.fromEntries(Array.from({ length: 9000 }, (_, at) => [`k${at}`, 1]));
    const { text } = await ask({ remote_console: extras });
    expect(text.length).toBeLessThan(2500);
  });
});

describe('a pair that does not belong together', () => {
  it.each([
    ['vnc', 'serial'],
    ['vnc', 'spice-html5'],
    ['vnc', 'spice-direct'],
    ['spice', 'novnc'],
    ['serial', 'novnc'],
    ['serial', 'spice-direct'],
    ['rdp', 'novnc'],
    ['mks', 'novnc'],
    ['mks', 'rdp-html5'],
    ['vnc', 'webmks'],
  ])('%s + %s', async (protocol, type) => {
    const { json } = await ask(console(protocol, type));
    expect(json).toEqual(fault('badRequest', 400, `Invalid console type ${type}`));
  });
});

describe('a server whose console cannot be had', () => {
  const { headless, limited, building, stopped, migrating, foreign } = SERVERS;

  it.each([
    [
      'no such device',
      headless.id,
      'member',
      'vnc',
      'novnc',
      400,
      'badRequest',
      'Unavailable console type vnc.',
    ],
    [
      'no such device',
      headless.id,
      'member',
      'spice',
      'spice-direct',
      400,
      'badRequest',
      'Unavailable console type spice.',
    ],
    [
      'no such device',
      headless.id,
      'member',
      'rdp',
      'rdp-html5',
      400,
      'badRequest',
      'Unavailable console type rdp.',
    ],
    [
      'no driver',
      limited.id,
      'member',
      'mks',
      'webmks',
      501,
      'notImplemented',
      'The requested functionality is not supported.',
    ],
    [
      'not ready',
      building.id,
      'member',
      'vnc',
      'novnc',
      409,
      'conflictingRequest',
      `Instance ${building.id} is not ready`,
    ],
    [
      'stopped',
      stopped.id,
      'member',
      'vnc',
      'novnc',
      409,
      'conflictingRequest',
      `Cannot 'get_vnc_console' instance ${stopped.id} while it is in vm_state stopped`,
    ],
    [
      'migrating',
      migrating.id,
      'member',
      'serial',
      'serial',
      409,
      'conflictingRequest',
      `Cannot 'get_serial_console' instance ${migrating.id} while it is in task_state migrating`,
    ],
    [
      'unknown',
      'no-such-server',
      'member',
      'vnc',
      'novnc',
      404,
      'itemNotFound',
      'Instance no-such-server could not be found.',
    ],
    [
      'another project’s',
      foreign.id,
      'member',
      'vnc',
      'novnc',
      404,
      'itemNotFound',
      `Instance ${foreign.id} could not be found.`,
    ],
    [
      'own, but a reader',
      headless.id,
      'reader',
      'vnc',
      'novnc',
      403,
      'forbidden',
      "Policy doesn't allow os_compute_api:os-remote-consoles to be performed.",
    ],
    [
      'own, but no role',
      headless.id,
      'norole',
      'vnc',
      'novnc',
      403,
      'forbidden',
      "Policy doesn't allow os_compute_api:os-remote-consoles to be performed.",
    ],
    [
      'unknown, and a reader',
      'no-such-server',
      'reader',
      'vnc',
      'novnc',
      404,
      'itemNotFound',
      'Instance no-such-server could not be found.',
    ],
    [
      'foreign, and a reader',
      foreign.id,
      'reader',
      'vnc',
      'novnc',
      404,
      'itemNotFound',
      `Instance ${foreign.id} could not be found.`,
    ],
    [
      'own, but an unscoped token',
      headless.id,
      'unscoped',
      'vnc',
      'novnc',
      404,
      'itemNotFound',
      `Instance ${headless.id} could not be found.`,
    ],
    [
      'on a dead hypervisor',
      'down',
      'member',
      'vnc',
      'novnc',
      503,
      'serviceUnavailable',
      'hypervisor fixture does not answer; try again later',
    ],
  ])('%s: %s for %s', async (_why, id, token, protocol, type, status, key, message) => {
    const answer = await ask(console(protocol, type), '2.99', consolesOf(id), token);
    expect([answer.status, answer.json]).toEqual([status, fault(key, status, message)]);
  });

  it('says nothing of what it did not expect, but logs it under the request’s id', async () => {
    const { json, headers, text } = await ask(console('vnc', 'novnc'), '2.6', consolesOf('bug'));
    expect(json).toEqual(fault('computeFault', 500, expect.stringMatching(/^Unexpected API Error\. /)));
    expect(text).not.toContain('secret');
    expect(fixture.cloud.log.filter(({ level }) => level === 'error').at(-1)?.fields).toMatchObject({
      requestId: headers['x-openstack-request-id'],
      err: expect.any(TypeError),
    });
  });

  it('says that the token store is down, not where it is', async () => {
    fixture.cloud.tokenStore.fails = true;
    const { json, text } = await ask(console('vnc', 'novnc'));
    fixture.cloud.tokenStore.fails = false;
    expect(json).toEqual(
      fault('serviceUnavailable', 503, 'the token store does not answer; try again later'),
    );
    expect(text).not.toContain('redis');
  });
});

describe('microversions', () => {
  it.each([undefined, '2.1', '2.2', '2.5'])('%s has no remote-consoles', async (version) => {
    const { json } = await fixture.api.post(EVERYTHING, {
      token: 'member',
      version,
      body: console('vnc', 'novnc'),
    });
    expect(json).toEqual(fault('itemNotFound', 404, 'The resource could not be found.'));
  });

  it('a mistake in the body does not matter where the resource does not exist', async () => {
    expect((await ask({ nonsense: 1 }, '2.5')).status).toBe(404);
  });
});

describe('types that are switched off', () => {
  const limited = useCloud({ types: ['serial'] });

  it.each([
    ['vnc', 'novnc', 'Unavailable console type novnc.'],
    ['spice', 'spice-html5', 'Unavailable console type spice-html5.'],
    ['rdp', 'rdp-html5', 'Unavailable console type rdp.'],
    ['vnc', 'xvpvnc', 'Invalid console type xvpvnc'],
    ['mks', 'webmks', 'Unavailable console type webmks.'],
    ['spice', 'spice-direct', 'Unavailable console type spice-direct.'],
  ])('%s + %s', async (protocol, type, message) => {
    const { json } = await limited.api.post(EVERYTHING, {
      token: 'member',
      version: '2.99',
      body: console(protocol, type),
    });
    expect(json).toEqual(fault('badRequest', 400, message));
  });
});
