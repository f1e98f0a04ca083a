import { describe, expect, it } from 'vitest';
import { CHALLENGE, OTHER_PROJECT, PROJECT, SERVERS } from '../test/fixtures/fixture-cloud.js';
import { fault, UUID, useCloud } from '../test/fixtures/use-cloud.js';

const fixture = useCloud();
const PATH = `/v2.1/servers/${SERVERS.everything.id}/remote-consoles`;
const GOOD = { remote_console: { protocol: 'vnc', type: 'novnc' } };
const JSON_FAULT = 'application/json; charset=UTF-8';
const UNAUTHORIZED = {
  error: { code: 401, title: 'Unauthorized', message: 'The request you have made requires authentication.' },
};

describe('the order of checks: the first mistake of several is reported', () => {
  const huge = 'x'.repeat(114_689);
  const wrongType = { 'Content-Type': 'application/xml' };
  const otherProject = PATH.replace('/v2.1', `/v2.1/${OTHER_PROJECT}`);

  it.each([
    ['too large, no token', 'POST', PATH, { body: huge }, 413],
    ['too large, no route', 'POST', '/v2.1/nowhere', { body: huge, token: 'member' }, 413],
    ['no token, no route', 'POST', '/v2.1/nowhere', { body: '{' }, 401],
    ['no token, bad version', 'POST', PATH, { version: 'abc', body: GOOD }, 401],
    ['no token, bad body', 'POST', PATH, { version: '2.6', body: '{' }, 401],
    ['no token, wrong method', 'PUT', PATH, {}, 401],
    ['no route, bad version', 'POST', '/v2.1/nowhere', { token: 'member', version: 'abc' }, 404],
    ['wrong method, bad version', 'PUT', PATH, { token: 'member', version: 'abc' }, 405],
    [
      'bad version, wrong type',
      'POST',
      PATH,
      { token: 'member', version: 'abc', headers: wrongType, body: '{' },
      400,
    ],
    [
      'unsupported version, wrong type',
      'POST',
      PATH,
      { token: 'member', version: '2.100', headers: wrongType },
      406,
    ],
    [
      'wrong type, malformed body',
      'POST',
      PATH,
      { token: 'member', version: '2.6', headers: wrongType, body: '{' },
      415,
    ],
    ['wrong type, version too old', 'POST', PATH, { token: 'member', headers: wrongType, body: GOOD }, 415],
    ['malformed body, version too old', 'POST', PATH, { token: 'member', body: '{' }, 400],
    ['version too old, schema', 'POST', PATH, { token: 'member', version: '2.5', body: {} }, 404],
    [
      'schema, unknown server',
      'POST',
      '/v2.1/servers/none/remote-consoles',
      { token: 'member', version: '2.6', body: {} },
      400,
    ],
    ['schema, policy', 'POST', PATH, { token: 'reader', version: '2.6', body: {} }, 400],
    [
      'unknown server, policy',
      'POST',
      '/v2.1/servers/none/remote-consoles',
      { token: 'reader', version: '2.6', body: GOOD },
      404,
    ],
    [
      'policy, state',
      'POST',
      `/v2.1/servers/${SERVERS.building.id}/remote-consoles`,
      { token: 'reader', version: '2.6', body: GOOD },
      403,
    ],
  ])('%s: %s %s', async (_what, method, path, question, status) => {
    expect((await fixture.api.send(method, path, question)).status).toBe(status);
  });

  it('malformed JSON beats a wrong project, which beats an old version', async () => {
    const question = { token: 'member', body: '{' };
    expect((await fixture.api.post(otherProject, question)).json).toEqual(
      fault('badRequest', 400, 'Malformed request body'),
    );
    expect((await fixture.api.post(otherProject, { ...question, body: {} })).json).toEqual(
      fault(
        'badRequest',
        400,
        `Malformed request URL: URL's project_id '${OTHER_PROJECT}' doesn't match Context's project_id '${PROJECT}'`,
      ),
    );
  });
});

describe('401', () => {
  it.each([
    ['no token', {}],
    ['an unknown token', { 'X-Auth-Token': 'nobody' }],
    ['an empty token', { 'X-Auth-Token': '' }],
    ['two tokens', { 'X-Auth-Token': ['member', 'admin'] }],
    [
      'identity claimed by other headers',
      {
        'X-User-Id': 'u-admin',
        'X-Project-Id': PROJECT,
        'X-Roles': 'admin',
        'X-Identity-Status': 'Confirmed',
        'X-Service-Token': 'admin',
        Authorization: 'Bearer admin',
        Cookie: 'token=admin',
      },
    ],
  ])('%s', async (_what, headers) => {
    const answer = await fixture.api.post(PATH, { version: '2.6', headers, body: GOOD });
    expect([answer.status, answer.json]).toEqual([401, UNAUTHORIZED]);
    expect(answer.headers).toMatchObject({
      'www-authenticate': CHALLENGE,
      'content-type': JSON_FAULT,
      'x-openstack-request-id': expect.stringMatching(new RegExp(`^req-${UUID}$`)),
    });
    expect(answer.headers).not.toHaveProperty('openstack-api-version');
    expect(answer.headers).not.toHaveProperty('vary');
  });

  it('claims beside a token change nothing', async () => {
    const headers = { 'X-Roles': 'admin', 'X-Project-Id': OTHER_PROJECT, 'X-Is-Admin-Project': 'True' };
    const answer = await fixture.api.post(PATH, { token: 'reader', version: '2.6', headers, body: GOOD });
    expect(answer.status).toBe(403);
  });

  it('X-Storage-Token is a token too', async () => {
    const headers = { 'X-Storage-Token': 'member' };
    expect((await fixture.api.post(PATH, { version: '2.6', headers, body: GOOD })).status).toBe(200);
  });

  it('an identity service that is down is 503, not 401', async () => {
    const answer = await fixture.api.post(PATH, { token: 'keystone-down', version: '2.6', body: GOOD });
    expect(answer.json).toEqual(
      fault('serviceUnavailable', 503, 'The Keystone service is temporarily unavailable.'),
    );
  });
});

describe('paths', () => {
  it.each([
    ['a trailing slash', `${PATH}/`],
    ['a suffix', `${PATH}.json`],
    ['another case', PATH.replace('servers', 'Servers')],
    ['a project that is none', PATH.replace('/v2.1', '/v2.1/demo')],
    ['a project in upper case', PATH.replace('/v2.1', `/v2.1/${PROJECT.toUpperCase()}`)],
    ['two slashes', PATH.replace('/servers', '//servers')],
    ['v2.0', PATH.replace('/v2.1', '/v2')],
  ])('%s is no route', async (_what, path) => {
    const answer = await fixture.api.post(path, { token: 'member', version: '2.6', body: GOOD });
    expect(answer.json).toEqual(fault('itemNotFound', 404, 'The resource could not be found.'));
  });

  it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'HEAD'])(
    '%s is not allowed on remote-consoles',
    async (method) => {
      const { status, headers, json } = await fixture.api.send(method, PATH, {
        token: 'member',
        version: '2.6',
      });
      expect([status, headers['allow']]).toEqual([405, 'POST']);
      if (method === 'HEAD') return;
      expect(json).toEqual(fault('badMethod', 405, `The method ${method} is not allowed for this resource.`));
    },
  );

  it('OPTIONS says what is allowed, to everyone', async () => {
    const { status, headers, text } = await fixture.api.send('OPTIONS', PATH);
    expect([status, headers['allow'], text]).toEqual([200, 'POST', '']);
  });

  it('HEAD is GET without the body', async () => {
    const path = `/v2.1/servers/${SERVERS.everything.id}`;
    const get = await fixture.api.get(path, { token: 'member' });
    const head = await fixture.api.send('HEAD', path, { token: 'member' });
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
  });

  it.each([
    ['a percent-encoded slash', 'a%2Fb', 404, 'Instance a/b could not be found.'],
    ['NUL', 'a%00b', 404, 'Instance a\u0000b could not be found.'],
    ['a line break', 'a%0Ab', 404, 'Instance a\nb could not be found.'],
    ['Unicode', '%E6%BC%A2', 404, 'Instance 漢 could not be found.'],
    ['dots', '..%2f..%2fetc', 404, 'Instance ../../etc could not be found.'],
    ['a name of an object’s own', '__proto__', 404, 'Instance __proto__ could not be found.'],
    ['invalid UTF-8', '%C3%28', 400, 'Malformed request URL: invalid percent-encoding'],
    ['half an escape', 'a%2', 400, 'Malformed request URL: invalid percent-encoding'],
    ['a lone percent sign', '%', 400, 'Malformed request URL: invalid percent-encoding'],
    ['much', 'x'.repeat(5000), 404, `Instance ${'x'.repeat(1024)}... could not be found.`],
  ])('a server id with %s', async (_what, id, status, message) => {
    const answer = await fixture.api.post(`/v2.1/servers/${id}/remote-consoles`, {
      token: 'member',
      version: '2.6',
      body: GOOD,
    });
    expect(answer.json).toEqual(fault(status === 404 ? 'itemNotFound' : 'badRequest', status, message));
  });

  it('asks no hypervisor for an id that no server can have', () => {
    const asked = fixture.cloud.hypervisor.asked.filter((id) => id.includes('\u0000') || id.length > 255);
    expect(asked).toEqual([]);
  });

  it('tells nobody without a token whether a path makes sense', async () => {
    expect((await fixture.api.post('/v2.1/servers/%/remote-consoles', { body: GOOD })).status).toBe(401);
  });

  it('the project must be the token’s own, for administrators and unscoped tokens too', async () => {
    const path = PATH.replace('/v2.1', `/v2.1/${OTHER_PROJECT}`);
    for (const [token, own] of [
      ['admin', PROJECT],
      ['unscoped', 'None'],
    ] as const) {
      const answer = await fixture.api.post(path, { token, version: '2.6', body: GOOD });
      expect(answer.json).toEqual(
        fault(
          'badRequest',
          400,
          `Malformed request URL: URL's project_id '${OTHER_PROJECT}' doesn't match Context's project_id '${own}'`,
        ),
      );
    }
  });
});

describe('content types', () => {
  it.each([
    undefined,
    'application/json',
    'application/json; charset=latin1',
    'Application/JSON;charset=utf-8',
    'text/plain',
    'text/plain; charset=utf-8',
    'application/vnd.openstack.compute+json',
    '',
  ])('%j is taken', async (type) => {
    const headers = type === undefined ? {} : { 'Content-Type': type };
    const answer = await fixture.api.post(PATH, { token: 'member', version: '2.6', headers, body: GOOD });
    expect(answer.status).toBe(200);
  });

  it.each([
    'application/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'multipart/form-data; boundary=x',
    'application/jsonx',
    'application/json, text/plain',
    'text/html',
    'nonsense',
  ])('%j is not', async (type) => {
    const headers = { 'Content-Type': type };
    const answer = await fixture.api.post(PATH, { token: 'member', version: '2.6', headers, body: GOOD });
    expect(answer.json).toEqual(fault('badMediaType', 415, 'Unsupported Content-Type'));
    expect(answer.headers['openstack-api-version']).toBe('compute 2.6');
  });

  it.each([
    [undefined, 'application/json'],
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['text/html', 'application/json'],
    ['application/vnd.openstack.compute+json', 'application/vnd.openstack.compute+json'],
    ['application/json, application/vnd.openstack.compute+json', 'application/json'],
    [
      'application/json;q=0.5, application/vnd.openstack.compute+json',
      'application/vnd.openstack.compute+json',
    ],
    ['application/vnd.openstack.compute+json;q=0', 'application/json'],
  ])('Accept %j gives %s', async (accept, type) => {
    const headers = accept === undefined ? {} : { Accept: accept };
    const answer = await fixture.api.post(PATH, { token: 'member', version: '2.6', headers, body: GOOD });
    expect([answer.status, answer.headers['content-type']]).toEqual([200, type]);
  });
});

describe('bodies', () => {
  const tooLarge = fault(
    'overLimit',
    413,
    'Request is too large. Larger than max_request_body_size (114688).',
  );

  it('of the largest size is read', async () => {
    const text = JSON.stringify(GOOD).padEnd(114_688, ' ');
    expect((await fixture.api.post(PATH, { token: 'member', version: '2.6', body: text })).status).toBe(200);
  });

  it.each([
    ['announced', 114_689, false],
    ['in chunks', 114_689, true],
    ['of some megabytes', 5_000_000, false],
    ['of some megabytes in chunks', 5_000_000, true],
  ])('that is too large, %s', async (_what, size, chunked) => {
    const question = { token: 'member', version: '2.6', body: 'x'.repeat(size), chunked };
    const answer = await fixture.api.post(PATH, question);
    expect(answer.json).toEqual(tooLarge);
    expect(answer.headers['content-type']).toBe(JSON_FAULT);
  });

  it('in chunks is read', async () => {
    const question = { token: 'member', version: '2.6', body: GOOD, chunked: true };
    expect((await fixture.api.post(PATH, question)).status).toBe(200);
  });

  it('of a GET is ignored', async () => {
    const answer = await fixture.api.get(`/v2.1/servers/${SERVERS.everything.id}`, {
      token: 'member',
      body: '{',
    });
    expect(answer.status).toBe(200);
  });
});

describe('the log', () => {
  it('has one line for a request, with who, what and how it ended, and no token', async () => {
    fixture.cloud.log.splice(0);
    const globalRequestId = 'req-aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
    const { headers, json } = await fixture.api.post(PATH, {
      token: 'member',
      version: '2.6',
      headers: { 'X-OpenStack-Request-ID': globalRequestId },
      body: GOOD,
    });
    expect(fixture.cloud.log).toHaveLength(1);
    expect(fixture.cloud.log[0]).toMatchObject({
      level: 'info',
      fields: {
        requestId: headers['x-openstack-request-id'],
        globalRequestId,
        clientAddress: '127.0.0.1',
        userId: 'u-member',
        projectId: PROJECT,
        method: 'POST',
        url: PATH,
        status: 200,
        ms: expect.any(Number),
      },
    });
    expect(headers['x-openstack-request-id']).not.toBe(globalRequestId);
    const token = /token%3D(.*)/.exec((json as { remote_console: { url: string } }).remote_console.url)?.[1];
    expect(JSON.stringify(fixture.cloud.log)).not.toContain(token);
    expect(JSON.stringify(fixture.cloud.log)).not.toContain('"member"');
  });

  it.each(['nonsense', 'req-123', 'req-aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee\t'])(
    'ignores the global id %j',
    async (id) => {
      fixture.cloud.log.splice(0);
      await fixture.api.get('/v2.1/servers', {
        token: 'member',
        headers: { 'X-OpenStack-Request-ID': `${id}x` },
      });
      expect(fixture.cloud.log[0]?.fields['globalRequestId']).toBeUndefined();
    },
  );

  it('ties the audit record to the answer', async () => {
    const { headers } = await fixture.api.post(PATH, { token: 'member', version: '2.6', body: GOOD });
    expect(fixture.cloud.audit.at(-1)).toMatchObject({
      action: 'console.issue',
      requestId: headers['x-openstack-request-id'],
      clientAddress: '127.0.0.1',
    });
  });
});

describe('a logger that fails', () => {
  const broken = () => {
    throw new Error('disk full');
  };
  const fixtureWithBrokenLog = useCloud({
    api: { logger: { debug: broken, info: broken, warn: broken, error: broken } },
  });

  it('costs no answer', async () => {
    const question = { token: 'member', version: '2.6', body: GOOD };
    expect((await fixtureWithBrokenLog.api.post(PATH, question)).status).toBe(200);
    const broken = PATH.replace(SERVERS.everything.id, 'bug');
    expect((await fixtureWithBrokenLog.api.post(broken, question)).status).toBe(500);
  });
});
