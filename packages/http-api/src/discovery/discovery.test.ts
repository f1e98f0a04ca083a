import { describe, expect, it } from 'vitest';
import { OTHER_PROJECT, PROJECT } from '../../test/fixtures/fixture-cloud.js';
import { fault, UUID, useCloud } from '../../test/fixtures/use-cloud.js';

const fixture = useCloud();

const MEDIA_TYPES = [
  { base: 'application/json', type: 'application/vnd.openstack.compute+json;version=2.1' },
];
const versionAt = (base: string) => ({
  version: {
    id: 'v2.1',
    status: 'CURRENT',
    version: '2.99',
    min_version: '2.1',
    updated: '2013-07-23T11:33:21Z',
    links: [
      { rel: 'self', href: `${base}/v2.1/` },
      { rel: 'describedby', type: 'text/html', href: 'http://docs.openstack.org/' },
    ],
    'media-types': MEDIA_TYPES,
  },
});

describe('GET /', () => {
  it('lists the versions to everyone, whatever the version headers say', async () => {
    const { status, json, headers } = await fixture.api.get('/', { version: 'nonsense' });
    expect(status).toBe(200);
    expect(json).toEqual({
      versions: [
        {
          id: 'v2.1',
          status: 'CURRENT',
          version: '2.99',
          min_version: '2.1',
          updated: '2013-07-23T11:33:21Z',
          links: [{ rel: 'self', href: `${fixture.cloud.url}/v2.1/` }],
        },
      ],
    });
    expect(headers).not.toHaveProperty('openstack-api-version');
    expect(headers['x-openstack-request-id']).toMatch(new RegExp(`^req-${UUID}$`));
  });
});

describe('GET /v2.1', () => {
  it.each(['/v2.1', '/v2.1/'])('%s shows the version to everyone', async (path) => {
    const { status, json, headers } = await fixture.api.get(path);
    expect([status, json]).toEqual([200, versionAt(fixture.cloud.url)]);
    expect(headers['openstack-api-version']).toBe('compute 2.1');
  });

  it('takes part in the negotiation', async () => {
    expect((await fixture.api.get('/v2.1', { version: '2.60' })).headers['openstack-api-version']).toBe(
      'compute 2.60',
    );
    expect((await fixture.api.get('/v2.1', { version: '2.100' })).status).toBe(406);
    expect((await fixture.api.get('/v2.1', { version: 'x' })).status).toBe(400);
  });

  it.each([`/v2.1/${PROJECT}`, `/v2.1/${PROJECT}/`])('%s is for the project’s own', async (path) => {
    expect((await fixture.api.get(path)).status).toBe(401);
    const { status, json } = await fixture.api.get(path, { token: 'reader' });
    expect([status, json]).toEqual([200, versionAt(fixture.cloud.url)]);
    expect((await fixture.api.get(path.replace(PROJECT, OTHER_PROJECT), { token: 'reader' })).status).toBe(
      400,
    );
  });

  it.each(['/', '/v2.1', '/openapi.json'])('%s allows reading only', async (path) => {
    const { status, headers } = await fixture.api.post(path, { token: 'member' });
    expect([status, headers['allow']]).toEqual([405, 'GET, HEAD']);
    expect((await fixture.api.send('OPTIONS', path)).status).toBe(200);
  });
});

describe('addresses without a version', () => {
  it.each(['/servers', '/servers/x/remote-consoles', '/v2.10', '/nowhere/', '//v2.1/servers'])(
    '%s: the choices',
    async (path) => {
      const { status, json } = await fixture.api.post(path, { body: {} });
      expect(status).toBe(300);
      expect(json).toEqual({
        choices: [
          {
            id: 'v2.1',
            status: 'CURRENT',
            links: [{ rel: 'self', href: `${fixture.cloud.url}/v2.1${path}` }],
            'media-types': MEDIA_TYPES,
          },
        ],
      });
    },
  );

  it.each(['/v2', '/v2/', '/v2/servers', '/v2.0/servers'])('%s: that version is not served', async (path) => {
    expect((await fixture.api.get(path)).json).toEqual(
      fault('itemNotFound', 404, 'The resource could not be found.'),
    );
  });
});

describe('links', () => {
  const href = async (headers: Record<string, string>) => {
    const { json } = await fixture.api.get('/', { headers });
    return (json as { versions: [{ links: [{ href: string }] }] }).versions[0].links[0].href;
  };

  it('start where the client thinks it is', async () => {
    expect(await href({ Host: 'cloud.example.org' })).toBe('http://cloud.example.org/v2.1/');
    expect(await href({ Host: '[2001:db8::1]:8774' })).toBe('http://[2001:db8::1]:8774/v2.1/');
  });

  it.each(['evil.example.org/x', 'a b', 'x"><script>', 'user@host', 'host:port', 'a,b', ''])(
    'do not repeat the Host %j',
    async (host) => {
      expect(await href({ Host: host })).toBe(`${fixture.cloud.url}/v2.1/`);
    },
  );

  it('believe no X-Forwarded headers unless the application trusts its proxy', async () => {
    const headers = { Host: 'here', 'X-Forwarded-Host': 'there', 'X-Forwarded-Proto': 'https' };
    expect(await href(headers)).toBe('http://here/v2.1/');
  });
});

describe('a configured public URL', () => {
  const behindProxy = useCloud({ api: { publicUrl: 'https://cloud.example.org/compute/' } });

  it('is what all links start with', async () => {
    expect((await behindProxy.api.get('/v2.1')).json).toEqual(versionAt('https://cloud.example.org/compute'));
    const { json } = await behindProxy.api.get('/v2.1/servers?name=everything', { token: 'member' });
    expect(json).toMatchObject({
      servers: [
        {
          links: [
            {
              rel: 'self',
              href: expect.stringMatching(/^https:\/\/cloud\.example\.org\/compute\/v2\.1\/servers\//),
            },
            {
              rel: 'bookmark',
              href: expect.stringMatching(/^https:\/\/cloud\.example\.org\/compute\/servers\//),
            },
          ],
        },
      ],
    });
  });
});

describe('mounted below a prefix', () => {
  const mounted = useCloud({ mount: '/compute' });

  it('links and logs keep the prefix', async () => {
    const { json } = await mounted.api.sendUnchecked('GET', '/compute/v2.1');
    expect(json).toEqual(versionAt(`${mounted.cloud.url}/compute`));
    expect(mounted.cloud.log.at(-1)?.fields['url']).toBe('/compute/v2.1');
  });
});
