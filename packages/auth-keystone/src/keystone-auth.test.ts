import { inspect } from 'node:util';
import { describeAuthPort } from '@remote-consoles/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CREDENTIALS, createAuth, testContext } from '../test/auth-context.js';
import { FakeKeystone } from '../test/fake-keystone.js';

const MEMBER = { user: { id: 'm' }, project: { id: 'p' }, roles: [{ name: 'member' }, { name: 'reader' }] };

describeAuthPort('Keystone, a fake of it', async () => {
  const keystone = await FakeKeystone.start();
  keystone.tokens.set('token-of-a-member', MEMBER);
  keystone.tokens.set('token-of-an-admin', {
    user: { id: 'a' },
    project: { id: 'q' },
    roles: [{ name: 'admin' }],
  });
  const port = await createAuth({ authUrl: keystone.url, timeout: 1 }, testContext());
  return {
    port,
    tokens: [
      {
        token: 'token-of-a-member',
        credentials: { userId: 'm', projectId: 'p', roles: ['member', 'reader'] },
      },
      { token: 'token-of-an-admin', credentials: { userId: 'a', projectId: 'q', roles: ['admin'] } },
    ],
    former: ['token-of-yesterday'],
    deadline: 3000,
    makeUnavailable: () => {
      keystone.misbehave = () => true;
    },
    dispose: async () => {
      await port.close();
      await keystone.stop();
    },
  };
});

let keystone: FakeKeystone;
beforeEach(async () => {
  keystone = await FakeKeystone.start();
  keystone.tokens.set('a-token', MEMBER);
});
afterEach(() => keystone.stop());

async function setUp(config: object = {}) {
  const context = testContext();
  const auth = await createAuth({ authUrl: keystone.url, ...config }, context);
  return { auth, context, clock: context.clock, lines: context.lines };
}

const refused = expect.objectContaining({ code: 'unauthenticated' });
const unavailable = expect.objectContaining({ code: 'identity-unavailable' });

describe('validation', () => {
  it("asks with our own token about the user's, without the catalog", async () => {
    const { auth } = await setUp();
    await auth.authenticate('a-token');
    expect(keystone.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /v3/auth/tokens?nocatalog',
      'GET /v3/auth/tokens?nocatalog',
    ]);
    expect(keystone.asked[1]?.headers).toMatchObject({
      'x-auth-token': 'own-token-1',
      'x-subject-token': 'a-token',
    });
  });

  it('logs in with a password in a project', async () => {
    const { auth } = await setUp();
    await auth.authenticate('a-token');
    expect(JSON.parse(keystone.asked[0]?.body ?? '')).toEqual({
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: 'nova', domain: { name: 'Default' }, password: CREDENTIALS.password } },
        },
        scope: { project: { name: 'service', domain: { name: 'Default' } } },
      },
    });
  });

  it('logs in with an application credential, which has its own scope', async () => {
    const { auth } = await setUp({
      credentials: { applicationCredentialId: 'the-id', applicationCredentialSecret: 'the-secret' },
    });
    await auth.authenticate('a-token');
    expect(JSON.parse(keystone.asked[0]?.body ?? '')).toEqual({
      auth: {
        identity: {
          methods: ['application_credential'],
          application_credential: { id: 'the-id', secret: 'the-secret' },
        },
      },
    });
  });

  it('never sends what cannot be a token', async () => {
    const { auth } = await setUp();
    for (const token of ['', 'a b', 'a\r\nx-y: z', 'ü', 'x'.repeat(8193)]) {
      await expect(auth.authenticate(token)).rejects.toThrow(refused);
    }
    expect(keystone.asked).toEqual([]);
  });
});

describe('who holds the token', () => {
  const system = { system: { all: true }, roles: [{ name: 'admin' }] };
  const domain = { domain: { id: 'default' }, roles: [{ name: 'admin' }] };

  it.each([
    ['unscoped', {}],
    ['scoped to a domain', domain],
    ['scoped to the system', system],
  ])('with a token %s is a user without project and roles', async (_scope, token) => {
    keystone.tokens.set('a-token', { user: { id: 'x' }, ...token });
    const { auth } = await setUp();
    expect(await auth.authenticate('a-token')).toEqual({ userId: 'x', roles: [] });
  });

  it.each([
    [false, ['member']],
    [true, ['Admin', 'member']],
    [undefined, ['Admin', 'member']],
  ])('with is_admin_project %s has the roles %j', async (isAdminProject, roles) => {
    keystone.tokens.set('a-token', {
      ...MEMBER,
      roles: [{ name: 'Admin' }, { name: 'member' }],
      ...(isAdminProject !== undefined && { is_admin_project: isAdminProject }),
    });
    const { auth } = await setUp();
    expect((await auth.authenticate('a-token')).roles).toEqual(roles);
  });
});

describe('our own token', () => {
  it('is kept until shortly before its end', async () => {
    keystone.ownExpiry = '2030-01-01T00:00:00.000000Z';
    const { auth, clock } = await setUp({ cache: { ttl: 0 } });
    await auth.authenticate('a-token');
    clock.time = Date.parse('2029-12-31T23:58:59Z');
    await auth.authenticate('a-token');
    expect(keystone.logins).toBe(1);
    clock.time += 1000;
    await auth.authenticate('a-token');
    expect(keystone.logins).toBe(2);
  });

  it('that is short-lived is kept for half of its life', async () => {
    const { auth, clock } = await setUp({ cache: { ttl: 0 } });
    keystone.ownExpiry = new Date(clock.time + 10_000).toISOString();
    await auth.authenticate('a-token');
    clock.time += 4999;
    await auth.authenticate('a-token');
    expect(keystone.logins).toBe(1);
    clock.time += 1;
    await auth.authenticate('a-token');
    expect(keystone.logins).toBe(2);
  });

  it('is renewed, and the question asked again, where Keystone refuses it', async () => {
    const { auth } = await setUp({ cache: { ttl: 0 } });
    await auth.authenticate('a-token');
    keystone.ownToken = 'revoked';
    await auth.authenticate('a-token');
    expect(keystone.logins).toBe(2);
  });

  it('is renewed once for many who find it refused', async () => {
    const { auth } = await setUp({ cache: { ttl: 0 } });
    await auth.authenticate('a-token');
    keystone.ownToken = 'revoked';
    for (let n = 0; n < 20; n++) keystone.tokens.set(`token-${n}`, MEMBER);
    await Promise.all(Array.from({ length: 20 }, (_, n) => auth.authenticate(`token-${n}`)));
    expect(keystone.logins).toBe(2);
  });

  it('that cannot be had is our outage, not the fault of the user', async () => {
    const { auth, lines } = await setUp();
    keystone.acceptsLogin = false;
    await expect(auth.authenticate('a-token')).rejects.toThrow(unavailable);
    expect(lines.map(({ message }) => message)).toEqual([
      'Keystone refuses our own credentials: check auth.options.credentials',
    ]);
  });

  it('is not asked for again for 10 s after a refusal, lest the account be locked', async () => {
    const { auth, clock } = await setUp();
    keystone.acceptsLogin = false;
    for (let n = 0; n < 5; n++) await expect(auth.authenticate('a-token')).rejects.toThrow(unavailable);
    expect(keystone.asked).toHaveLength(1);
    keystone.acceptsLogin = true;
    clock.time += 10_000;
    await expect(auth.authenticate('a-token')).resolves.toMatchObject({ userId: 'm' });
  });

  it('that may not validate tokens is our outage, and the log says what to do', async () => {
    const { auth, lines } = await setUp();
    keystone.misbehave = ({ method }, response) => {
      if (method !== 'GET') return false;
      response.writeHead(403).end();
      return true;
    };
    await expect(auth.authenticate('a-token')).rejects.toThrow(unavailable);
    expect(lines.at(-1)?.message).toContain('give it the role service or admin');
  });
});

describe('the cache', () => {
  it('answers for its time without asking', async () => {
    const { auth, clock } = await setUp({ cache: { ttl: 30 } });
    for (let n = 0; n < 3; n++) await auth.authenticate('a-token');
    clock.time += 29_999;
    await auth.authenticate('a-token');
    expect(keystone.validations).toHaveLength(1);
    clock.time += 1;
    await auth.authenticate('a-token');
    expect(keystone.validations).toHaveLength(2);
  });

  it('never outlives the token', async () => {
    const { auth, clock } = await setUp({ cache: { ttl: 300 } });
    keystone.tokens.set('a-token', { ...MEMBER, expires_at: new Date(clock.time + 5000).toISOString() });
    await auth.authenticate('a-token');
    keystone.tokens.delete('a-token');
    clock.time += 4999;
    await auth.authenticate('a-token');
    clock.time += 1;
    await expect(auth.authenticate('a-token')).rejects.toThrow(refused);
  });

  it('can be switched off', async () => {
    const { auth } = await setUp({ cache: { ttl: 0 } });
    await auth.authenticate('a-token');
    keystone.tokens.clear();
    await expect(auth.authenticate('a-token')).rejects.toThrow(refused);
  });

  it('remembers a refusal for 10 s', async () => {
    const { auth, clock } = await setUp();
    await expect(auth.authenticate('later')).rejects.toThrow(refused);
    keystone.tokens.set('later', MEMBER);
    await expect(auth.authenticate('later')).rejects.toThrow(refused);
    expect(keystone.validations).toHaveLength(1);
    clock.time += 10_000;
    await expect(auth.authenticate('later')).resolves.toMatchObject({ userId: 'm' });
  });

  it('is bounded, and bad tokens drive no good one out', async () => {
    const { auth } = await setUp({ cache: { maxEntries: 2 } });
    for (const name of ['one', 'two', 'three']) keystone.tokens.set(name, MEMBER);
    await auth.authenticate('one');
    await auth.authenticate('two');
    for (let n = 0; n < 10; n++) await expect(auth.authenticate(`bad-${n}`)).rejects.toThrow(refused);
    keystone.asked.length = 0;
    await auth.authenticate('one');
    await auth.authenticate('three');
    await auth.authenticate('one');
    expect(keystone.validations).toHaveLength(1);
    await auth.authenticate('two');
    expect(keystone.validations).toHaveLength(2);
  });

  it('remembers no outage', async () => {
    const { auth } = await setUp();
    keystone.misbehave = (_request, response) => Boolean(response.writeHead(503).end());
    await expect(auth.authenticate('a-token')).rejects.toThrow(unavailable);
    keystone.misbehave = undefined;
    await expect(auth.authenticate('a-token')).resolves.toMatchObject({ userId: 'm' });
  });

  it('keeps no token in readable form', async () => {
    const { auth } = await setUp();
    await auth.authenticate('a-token');
    expect(inspect(auth, { depth: null, showHidden: true })).not.toContain('a-token');
  });
});

describe('many at once', () => {
  it('ask once for one token', async () => {
    const { auth } = await setUp({ cache: { ttl: 0 } });
    await Promise.all(Array.from({ length: 50 }, () => auth.authenticate('a-token')));
    expect(keystone.logins).toBe(1);
    expect(keystone.validations).toHaveLength(1);
    await auth.authenticate('a-token');
    expect(keystone.validations).toHaveLength(2);
  });

  it('fail together, and the next one asks again', async () => {
    const { auth } = await setUp();
    keystone.misbehave = (_request, response) => Boolean(response.writeHead(500).end());
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => auth.authenticate('a-token')));
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['rejected']));
    keystone.misbehave = undefined;
    await auth.authenticate('a-token');
  });
});

describe('service tokens', () => {
  const SERVICE = { user: { id: 's' }, project: { id: 'service' }, roles: [{ name: 'service' }] };
  beforeEach(() => {
    keystone.tokens.set('service-token', SERVICE);
    keystone.expired.set('expired-token', MEMBER);
  });

  it('vouch for a user whose token has expired', async () => {
    const { auth } = await setUp();
    await expect(auth.authenticate('expired-token')).rejects.toThrow(refused);
    expect(await auth.authenticate('expired-token', 'service-token')).toMatchObject({ userId: 'm' });
    expect(await auth.authenticate('expired-token', 'service-token')).toMatchObject({ userId: 'm' });
    await expect(auth.authenticate('expired-token'), 'without the service').rejects.toThrow(refused);
  });

  it('do not vouch for a token that never was', async () => {
    const { auth } = await setUp();
    await expect(auth.authenticate('nonsense', 'service-token')).rejects.toThrow(refused);
  });

  it.each(['nonsense', '', 'a-token'])('that are %j spoil even a valid user token', async (serviceToken) => {
    const { auth } = await setUp();
    await expect(auth.authenticate('a-token', serviceToken)).rejects.toThrow(refused);
  });

  it('need the role that is configured', async () => {
    const { auth } = await setUp({ serviceTokenRoles: ['trusted'] });
    await expect(auth.authenticate('a-token', 'service-token')).rejects.toThrow(refused);
    keystone.tokens.set('trusted-token', { ...SERVICE, roles: [{ name: 'trusted' }] });
    await expect(auth.authenticate('a-token', 'trusted-token')).resolves.toMatchObject({ userId: 'm' });
  });

  it('may themselves not be expired', async () => {
    keystone.expired.set('old-service-token', SERVICE);
    const { auth } = await setUp();
    await expect(auth.authenticate('a-token', 'old-service-token')).rejects.toThrow(refused);
  });
});

describe('the challenge', () => {
  it('names Keystone as clients reach it', async () => {
    const { auth } = await setUp({ authenticateUri: 'https://keystone.example:5000' });
    expect(auth.challenge).toBe('Keystone uri="https://keystone.example:5000/"');
    expect((await setUp()).auth.challenge).toBe(`Keystone uri="${keystone.url}"`);
  });
});

describe('check', () => {
  it('resolves when our account can validate tokens', async () => {
    const { auth } = await setUp();
    await expect(auth.check()).resolves.toBeUndefined();
    keystone.ownToken = 'revoked';
    await expect(auth.check()).resolves.toBeUndefined();
  });
});
