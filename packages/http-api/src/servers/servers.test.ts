import type { Server } from '@remote-consoles/core';
import { describe, expect, it } from 'vitest';
import { OTHER_PROJECT, PROJECT, SERVERS } from '../../test/fixtures/fixture-cloud.js';
import { fault, useCloud } from '../../test/fixtures/use-cloud.js';

const fixture = useCloud();

const get = (path: string, token = 'member', version = '2.1') => fixture.api.get(path, { token, version });
const names = async (query: string, token = 'member') => {
  const { json } = await get(`/v2.1/servers${query}`, token);
  return (json as { servers: Server[] }).servers.map(({ name }) => name);
};
const OWN = ['everything', 'migrating', 'stopped', 'building', 'limited', 'headless'];

describe('GET /servers', () => {
  it('lists the project’s servers, the newest first', async () => {
    expect(await names('')).toEqual(OWN);
    expect(await names('', 'reader')).toEqual(OWN);
    expect(await names('', 'admin')).toEqual(OWN);
    expect(await names('', 'other')).toEqual(['foreign']);
    expect((await get('/v2.1/servers', 'norole')).json).toEqual(
      fault('forbidden', 403, "Policy doesn't allow os_compute_api:servers:index to be performed."),
    );
  });

  it('shows id, name and links', async () => {
    const { json } = await get(`/v2.1/${PROJECT}/servers?name=stopped`);
    const { id } = SERVERS.stopped;
    const { url } = fixture.cloud;
    expect(json).toEqual({
      servers: [
        {
          id,
          name: 'stopped',
          links: [
            { rel: 'self', href: `${url}/v2.1/${PROJECT}/servers/${id}` },
            { rel: 'bookmark', href: `${url}/${PROJECT}/servers/${id}` },
          ],
        },
      ],
    });
  });

  it.each([
    ['?name=everything', ['everything']],
    ['?name=ing', ['everything', 'migrating', 'building']],
    ['?name=%5Ething', []],
    ['?name=^(stopped|limited)$', ['stopped', 'limited']],
    ['?name=nobody', []],
    ['?name=', OWN],
    ['?status=SHUTOFF', ['stopped']],
    ['?status=shutoff&status=BUILD', ['stopped', 'building']],
    ['?status=NONSENSE', []],
    ['?status=ACTIVE&name=less', ['headless']],
    ['?limit=2', ['everything', 'migrating']],
    ['?limit=0', OWN],
    ['?limit=5000', OWN],
    [`?limit=2&marker=${SERVERS.migrating.id}`, ['stopped', 'building']],
    [`?marker=${SERVERS.headless.id}`, []],
    ['?all_tenants=0', OWN],
    ['?all_tenants=False', OWN],
    ['?unknown=1&deleted=False&sort_key=x', OWN],
    [`?project_id=${OTHER_PROJECT}`, []],
  ])('%s', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  it.each(['?all_tenants=1', '?all_tenants=True', '?all_tenants', '?all_tenants=&name=foreign'])(
    '%s is for administrators',
    async (query) => {
      expect(await names(query, 'admin')).toContain('foreign');
      expect((await get(`/v2.1/servers${query}`)).json).toEqual(
        fault(
          'forbidden',
          403,
          "Policy doesn't allow os_compute_api:servers:index:get_all_tenants to be performed.",
        ),
      );
    },
  );

  it('an administrator narrows the list of all projects to one', async () => {
    for (const name of ['project_id', 'tenant_id']) {
      expect(await names(`?all_tenants=1&${name}=${OTHER_PROJECT}`, 'admin')).toEqual(['foreign']);
    }
  });

  it.each([
    ['?limit=abc', "Invalid input for query parameters limit. Value: abc. 'abc' does not match '^[0-9]*$'"],
    ['?limit=-1', "Invalid input for query parameters limit. Value: -1. '-1' does not match '^[0-9]*$'"],
    ['?limit=', "Invalid input for query parameters limit. Value: . '' is too short"],
    ['?marker=none', 'marker [none] not found'],
    [
      '?all_tenants=maybe',
      "Invalid input received: Unrecognized value 'maybe', acceptable values are: '0', '1', 'f', 'false', 'n', 'no', 'off', 'on', 't', 'true', 'y', 'yes'",
    ],
  ])('%s', async (query, message) => {
    expect((await get(`/v2.1/servers${query}`)).json).toEqual(fault('badRequest', 400, message));
  });

  it('pages lead from one to the next, through all servers once', async () => {
    const seen: string[] = [];
    let next: string | undefined = '/v2.1/servers?limit=4&name=t';
    for (let page = 0; next !== undefined && page < 10; page++) {
      const { json } = await get(next);
      const list = json as { servers: Server[]; servers_links?: [{ rel: string; href: string }] };
      seen.push(...list.servers.map(({ name }) => name));
      next = list.servers_links?.[0].href.slice(fixture.cloud.url.length);
    }
    expect(seen).toEqual(
      ['everything', 'migrating', 'stopped', 'limited'].filter((name) => name.includes('t')),
    );
  });

  it('the last page has no next', async () => {
    expect((await get('/v2.1/servers?limit=6')).json).not.toHaveProperty('servers_links');
    expect((await get('/v2.1/servers?limit=5')).json).toHaveProperty('servers_links');
  });
});

describe('GET /servers/detail and /servers/{id}', () => {
  const { everything, migrating, stopped } = SERVERS;

  it('show what is known of a server', async () => {
    const { json } = await get(`/v2.1/servers/${migrating.id}`);
    expect(json).toMatchObject({
      server: {
        id: migrating.id,
        name: 'migrating',
        status: 'MIGRATING',
        tenant_id: PROJECT,
        user_id: 'u-member',
        hostId: expect.stringMatching(/^[0-9a-f]{56}$/),
        created: '2026-01-02T03:04:05Z',
        'OS-EXT-STS:task_state': 'migrating',
        'OS-EXT-STS:vm_state': 'active',
        'OS-EXT-STS:power_state': 1,
      },
    });
  });

  it('detail shows each as it shows one', async () => {
    const { json } = await get('/v2.1/servers/detail?name=^stopped$');
    const one = await get(`/v2.1/servers/${stopped.id}`);
    expect(json).toEqual({ servers: [(one.json as { server: unknown }).server] });
  });

  it('have the flavor’s key that clients read at their microversion', async () => {
    const flavor = async (version: string) =>
      (
        (await get(`/v2.1/servers/${everything.id}`, 'member', version)).json as {
          server: { flavor: object };
        }
      ).server.flavor;
    expect(await flavor('2.46')).toEqual({ id: '', links: [] });
    expect(await flavor('2.47')).toEqual({ original_name: '' });
  });

  it('say 404 to a name, on which the openstack client relies', async () => {
    for (const name of ['everything', 'detail2', 'servers']) {
      expect((await get(`/v2.1/servers/${name}`)).json).toEqual(
        fault('itemNotFound', 404, `Instance ${name} could not be found.`),
      );
    }
  });

  it('hide the servers of others, but from administrators', async () => {
    const path = `/v2.1/servers/${SERVERS.foreign.id}`;
    expect((await get(path)).status).toBe(404);
    expect((await get(path, 'admin')).status).toBe(200);
    expect((await get(path, 'other')).status).toBe(200);
  });

  it.each([
    ['detail', '/v2.1/servers/detail', 'os_compute_api:servers:detail'],
    ['detail of all', '/v2.1/servers/detail?all_tenants=1', 'os_compute_api:servers:detail'],
    ['one', `/v2.1/servers/${everything.id}`, 'os_compute_api:servers:show'],
  ])('%s: refused without a role', async (_what, path, rule) => {
    expect((await get(path, 'norole')).json).toEqual(
      fault('forbidden', 403, `Policy doesn't allow ${rule} to be performed.`),
    );
  });
});
