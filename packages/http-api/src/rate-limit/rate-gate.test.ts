import type { Credentials, RequestContext } from '@remote-consoles/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { SERVERS } from '../../test/fixtures/fixture-cloud.js';
import { fault, useCloud } from '../../test/fixtures/use-cloud.js';
import type { RateLimiter } from './rate-limiter.js';

/** Counts in windows that end when told to. */
class FakeLimiter implements RateLimiter {
  readonly duration = 60;
  readonly used = new Map<string, number>();
  readonly points: number;

  constructor(points: number) {
    this.points = points;
  }

  async consume(key: string) {
    const used = (this.used.get(key) ?? 0) + 1;
    this.used.set(key, used);
    return { allowed: used <= this.points, remaining: Math.max(this.points - used, 0), reset: 14_200 };
  }
}

const address = new FakeLimiter(6);
const user = new FakeLimiter(4);
const refused: [RequestContext, Credentials | undefined][] = [];
const fixture = useCloud({
  api: { rateLimits: { address, user, refused: (...who) => void refused.push(who) } },
});
const plain = useCloud();

const PATH = `/v2.1/servers/${SERVERS.everything.id}/remote-consoles`;
const post = (token: string) =>
  fixture.api.post(PATH, {
    token,
    version: '2.6',
    body: { remote_console: { protocol: 'vnc', type: 'novnc' } },
    headers: { 'Content-Type': 'application/json' },
  });

beforeEach(() => {
  address.used.clear();
  user.used.clear();
  refused.length = 0;
});

describe('POSTs', () => {
  it('of one user are allowed up to the limit, which is told when it comes near', async () => {
    const answers = [await post('member'), await post('member'), await post('member'), await post('member')];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(answers[1]?.headers).not.toHaveProperty('ratelimit');
    expect(answers[3]?.headers).toMatchObject({
      'ratelimit-policy': '"address";q=6;w=60, "user";q=4;w=60',
      ratelimit: '"address";r=2;t=15, "user";r=0;t=15',
    });
    const last = await post('member');
    expect(last.status).toBe(429);
    expect(last.headers).toMatchObject({
      'retry-after': '15',
      'ratelimit-policy': expect.stringContaining('"user";q=4;w=60'),
      ratelimit: expect.stringContaining('"user";r=0;t=15'),
      'cache-control': 'no-store',
    });
    expect(last.json).toEqual(fault('overLimit', 429, 'Too many requests of this user; try again in 15 s.'));
    expect((await post('admin')).status).toBe(200);
    expect(refused).toEqual([
      [
        { requestId: last.headers['x-openstack-request-id'], clientAddress: expect.stringMatching(/127/) },
        expect.objectContaining({ userId: [...user.used.keys()][0] }),
      ],
    ]);
  });

  it('of one address are counted before anybody asks who it is', async () => {
    for (let n = 0; n < 6; n++) expect((await post('nonsense')).status).toBe(401);
    const last = await post('member');
    expect(last.status).toBe(429);
    expect(last.json).toEqual(
      fault('overLimit', 429, 'Too many requests of this address; try again in 15 s.'),
    );
    expect(refused).toEqual([[expect.objectContaining({ clientAddress: expect.anything() }), undefined]]);
    expect((await fixture.api.get('/v2.1/servers', { token: 'member' })).status).toBe(200);
  });

  it('are not limited where nothing is configured', async () => {
    const { status, headers } = await plain.api.post(PATH, { token: 'member', body: {}, version: '2.6' });
    expect(status).toBe(400);
    expect(headers).not.toHaveProperty('ratelimit');
  });
});
