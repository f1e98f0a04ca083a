import { describe, expect, it } from 'vitest';
import { SCREEN, SERVERS } from '../../test/fixtures/fixture-cloud.js';
import { fault, useCloud } from '../../test/fixtures/use-cloud.js';

const fixture = useCloud();

const pathOf = (id: string) => `/console/servers/${id}/screenshot`;
const PATH = pathOf(SERVERS.everything.id);

describe('GET /console/servers/{server_id}/screenshot', () => {
  it('shows the picture, which nobody keeps or takes for anything else', async () => {
    const { status, headers, bytes } = await fixture.api.get(PATH, { token: 'member' });
    expect(status).toBe(200);
    expect(bytes).toEqual(Buffer.from(SCREEN));
    expect(headers).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(SCREEN.length),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(fixture.cloud.audit.at(-1)).toMatchObject({
      action: 'console.screenshot',
      outcome: 'success',
      serverId: SERVERS.everything.id,
      userId: 'u-member',
      requestId: headers['x-openstack-request-id'],
    });
  });

  it('knows no microversions', async () => {
    const { status, headers } = await fixture.api.get(PATH, { token: 'member', version: '1.0' });
    expect(status).toBe(200);
    expect(headers).not.toHaveProperty('openstack-api-version');
  });

  it('answers HEAD like GET, without the picture', async () => {
    const { status, headers, text } = await fixture.api.send('HEAD', PATH, { token: 'member' });
    expect({ status, text }).toEqual({ status: 200, text: '' });
    expect(headers['content-type']).toBe('image/png');
  });

  it.each([
    ['nobody', undefined, SERVERS.everything.id, 401],
    ['an unknown token', 'nonsense', SERVERS.everything.id, 401],
    ['Keystone away', 'keystone-down', SERVERS.everything.id, 503],
    ['a reader', 'reader', SERVERS.everything.id, 403],
    ['another project', 'other', SERVERS.everything.id, 404],
    ['no such server', 'member', 'no-such', 404],
    ['an id that no server has', 'member', 'x'.repeat(256), 404],
    ['a guest without a screen', 'member', SERVERS.headless.id, 400],
    ['a hypervisor without pictures', 'member', SERVERS.limited.id, 501],
    ['a stopped server', 'member', SERVERS.stopped.id, 409],
    ['a moving server', 'member', SERVERS.migrating.id, 409],
    ['a building server', 'member', SERVERS.building.id, 409],
    ['a hypervisor that is away', 'member', 'down', 503],
    ['a bug', 'member', 'bug', 500],
    ['no id that can be decoded', 'member', '%zz', 400],
  ])('is a JSON fault for %s', async (_what, token, id, status) => {
    const answer = await fixture.api.get(pathOf(id), { token });
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=UTF-8',
      'cache-control': 'no-store',
    });
  });

  it('says in which state there is no picture', async () => {
    const { json } = await fixture.api.get(pathOf(SERVERS.stopped.id), { token: 'member' });
    expect(json).toEqual(
      fault(
        'conflictingRequest',
        409,
        `Cannot 'get_screenshot' instance ${SERVERS.stopped.id} while it is in vm_state stopped`,
      ),
    );
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH'])('has no %s', async (method) => {
    const answer = await fixture.api.send(method, PATH, { token: 'member' });
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe('GET, HEAD');
  });

  it('says on OPTIONS what it has', async () => {
    const answer = await fixture.api.send('OPTIONS', PATH);
    expect({ status: answer.status, allow: answer.headers.allow }).toEqual({
      status: 200,
      allow: 'GET, HEAD',
    });
  });
});

describe('what is not below /console', () => {
  it.each(['/console/', '/console/nonsense', `${PATH}/`, '/console/servers', pathOf('')])(
    '%s is not found, and not even told to strangers',
    async (path) => {
      expect((await fixture.api.get(path)).status).toBe(401);
      expect((await fixture.api.get(path, { token: 'member' })).status).toBe(404);
    },
  );

  it('is not below a project either', async () => {
    const path = `/v2.1/${SERVERS.everything.projectId}${PATH}`;
    expect((await fixture.api.get(path, { token: 'member' })).status).toBe(404);
  });
});
