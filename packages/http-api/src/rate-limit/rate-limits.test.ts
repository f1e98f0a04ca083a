import { RateLimit } from '@remote-consoles/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { SERVERS } from '../../test/fixtures/fixture-cloud.js';
import { fault, useCloud } from '../../test/fixtures/use-cloud.js';

const clock = { time: 0, now: () => clock.time };
const rateLimits = {
  address: new RateLimit({ quota: 6, window: 60 }, clock),
  user: new RateLimit({ quota: 4, window: 60 }, clock),
};
const fixture = useCloud({ api: { rateLimits } });

const PATH = `/v2.1/servers/${SERVERS.everything.id}/remote-consoles`;
const post = (token: string) =>
  fixture.api.post(PATH, {
    token,
    version: '2.6',
    body: { remote_console: { protocol: 'vnc', type: 'novnc' } },
    headers: { 'Content-Type': 'application/json' },
  });

// Both limits are whole again.
beforeEach(() => {
  clock.time += 60_000;
});

describe('POSTs', () => {
  it('of one user are allowed up to the limit, which is told when it comes near', async () => {
    const answers = [await post('member'), await post('member'), await post('member'), await post('member')];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(answers[1]?.headers).not.toHaveProperty('ratelimit');
    expect(answers[3]?.headers).toMatchObject({
      'ratelimit-policy': expect.stringContaining('"user";q=4;w=60'),
      ratelimit: expect.stringContaining('"user";r=0;t=60'),
    });
    const refused = await post('member');
    expect(refused.status).toBe(429);
    expect(refused.headers).toMatchObject({
      'retry-after': '15',
      'ratelimit-policy': expect.stringContaining('"user";q=4;w=60'),
      ratelimit: expect.stringContaining('"user";r=0;t=60'),
      'cache-control': 'no-store',
    });
    expect(refused.json).toEqual(
      fault('overLimit', 429, 'Too many requests of this user; try again in 15 s.'),
    );
    expect((await post('admin')).status).toBe(200);
    clock.time += 15_000;
    expect((await post('member')).status).toBe(200);
  });

  it('of one address are counted before anybody asks who it is', async () => {
    for (let n = 0; n < 6; n++) expect((await post('nonsense')).status).toBe(401);
    const refused = await post('member');
    expect(refused.status).toBe(429);
    expect(refused.json).toEqual(
      fault('overLimit', 429, 'Too many requests of this address; try again in 10 s.'),
    );
    expect((await fixture.api.get('/v2.1/servers', { token: 'member' })).status).toBe(200);
  });

  it('are not limited where nothing is configured', async () => {
    const { status, headers } = await plain.api.post(PATH, { token: 'member', body: {}, version: '2.6' });
    expect(status).toBe(400);
    expect(headers).not.toHaveProperty('ratelimit');
  });
});

const plain = useCloud();
