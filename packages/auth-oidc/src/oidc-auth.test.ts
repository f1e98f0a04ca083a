import { inspect } from 'node:util';
import { describeAuthPort } from '@remote-consoles/testkit';
import fc from 'fast-check';
import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAuth, testContext } from '../test/auth-context.js';
import { AUDIENCE, FakeIssuer } from '../test/fake-issuer.js';

const ROLES = { users: ['member'], admins: ['admin'] };
const without = (claim: string): JWTPayload => ({ [claim]: undefined });
const refused = expect.objectContaining({ code: 'unauthenticated' });
const unavailable = expect.objectContaining({ code: 'identity-unavailable' });

let issuer: FakeIssuer;
beforeEach(async () => {
  issuer = await FakeIssuer.start();
});
afterEach(async () => {
  vi.useRealTimers();
  await issuer.stop();
});

async function setUp(config: object = {}) {
  const context = testContext();
  const base = { issuer: issuer.url, audience: AUDIENCE, roles: ROLES, timeout: 1 };
  const auth = await createAuth({ ...base, ...config }, context);
  return { auth, clock: context.clock, lines: context.lines };
}

describeAuthPort('OpenID Connect, a fake issuer', async () => {
  const own = await FakeIssuer.start();
  const config = {
    issuer: own.url,
    audience: AUDIENCE,
    roles: ROLES,
    timeout: 1,
    claims: { project: 'project' },
  };
  const port = await createAuth(config, testContext());
  return {
    port,
    tokens: [
      {
        token: await own.issue({ project: 'p' }),
        credentials: { userId: 'alice', projectId: 'p', roles: ['member', 'reader'] },
      },
      {
        token: await own.issue({ sub: 'root', roles: ['admins'] }),
        credentials: { userId: 'root', roles: ['admin', 'manager', 'member', 'reader'] },
      },
    ],
    former: [await own.issue({ exp: Math.floor(Date.now() / 1000) - 10 })],
    deadline: 3000,
    makeUnavailable: () => {
      own.misbehave = () => true;
    },
    dispose: async () => {
      await port.close();
      await own.stop();
    },
  };
});

describe('a token is refused', () => {
  const now = Math.floor(Date.now() / 1000);
  it.each<[string, JWTPayload, object?]>([
    ['of another issuer', { iss: 'https://other.example' }],
    ['without issuer', without('iss')],
    ['for another audience', { aud: 'another-api' }],
    ['for other audiences', { aud: ['a', 'b'] }],
    ['without audience', without('aud')],
    ['without end', without('exp')],
    ['that has ended', { exp: now - 6 }],
    ['that has not begun', { nbf: now + 60 }],
    ['with an end that is no time', JSON.parse('{"exp":"later"}')],
    ['without user', without('sub')],
    ['that is a logout token', {}, { typ: 'logout+jwt' }],
    ['that is something else', {}, { typ: 'dpop+jwt' }],
    ['with an unknown key', {}, { kid: 'nobody' }],
  ])('%s', async (_what, claims, header) => {
    const { auth } = await setUp();
    await expect(auth.authenticate(await issuer.issue(claims, header))).rejects.toThrow(refused);
    await expect(auth.authenticate(await issuer.issue())).resolves.toMatchObject({ userId: 'alice' });
  });

  it('that is not signed', async () => {
    const { auth } = await setUp();
    const token = new UnsecuredJWT({ iss: issuer.url, aud: AUDIENCE, sub: 'alice', exp: now + 600 }).encode();
    await expect(auth.authenticate(token)).rejects.toThrow(refused);
    await expect(auth.authenticate(`${token}x`)).rejects.toThrow(refused);
  });

  it('that is signed with a secret, such as the public key', async () => {
    const { auth } = await setUp();
    const token = await new SignJWT({ iss: issuer.url, aud: AUDIENCE, sub: 'alice', exp: now + 600 })
      .setProtectedHeader({ alg: 'HS256', kid: 'first' })
      .sign(new TextEncoder().encode('a secret that is long enough for HS256'));
    await expect(auth.authenticate(token)).rejects.toThrow(refused);
  });

  it('that is signed by an algorithm that is not configured', async () => {
    const { auth } = await setUp({ algorithms: ['RS256'] });
    await expect(auth.authenticate(await issuer.issue())).rejects.toThrow(refused);
  });

  it('whose contents were changed', async () => {
    const { auth } = await setUp();
    const [header, , signature] = (await issuer.issue()).split('.');
    const forged = Buffer.from(
      JSON.stringify({ iss: issuer.url, aud: AUDIENCE, sub: 'root', exp: now + 600, roles: ['admins'] }),
    ).toString('base64url');
    await expect(auth.authenticate(`${header}.${forged}.${signature}`)).rejects.toThrow(refused);
  });

  it('whatever its header says, and never as an outage', async () => {
    const { auth } = await setUp();
    await auth.check();
    const part = (value: unknown) => Buffer.from(JSON.stringify(value) ?? '').toString('base64url');
    const header = fc.oneof(
      fc.object({
        key: fc.constantFrom('alg', 'kid', 'typ', 'crit', 'b64', 'jwk', 'jku', 'x5c', 'zip', 'enc'),
      }),
      fc.record({
        alg: fc.constantFrom('ES256', 'none', 'HS256', 'RS256', 'EdDSA'),
        kid: fc.constantFrom('first', 'x'),
        crit: fc.constantFrom(undefined, ['b64'], [], ['x'], 'b64'),
        b64: fc.constantFrom(undefined, false, true),
      }),
      fc.jsonValue(),
    );
    await fc.assert(
      fc.asyncProperty(header, fc.jsonValue(), fc.base64String(), async (head, payload, signature) => {
        const text = `${part(head)}.${part(payload)}.${signature.replace(/[+/=]/g, '_') || 'AA'}`;
        await expect(auth.authenticate(text)).rejects.toThrow(refused);
      }),
    );
    expect(issuer.keyReads).toBeLessThan(5);
  });

  it('that is too long, without being looked at', async () => {
    const { auth } = await setUp();
    await expect(auth.authenticate(`${'a'.repeat(16_384)}.b.c`)).rejects.toThrow(refused);
    expect(issuer.asked).toEqual([]);
  });
});

describe('a token is accepted', () => {
  it.each(['JWT', 'at+jwt', 'AT+JWT', 'application/at+jwt'])('of type %s', async (typ) => {
    const { auth } = await setUp();
    await expect(auth.authenticate(await issuer.issue({}, { typ }))).resolves.toMatchObject({
      userId: 'alice',
    });
  });

  it('for one of several audiences', async () => {
    const { auth } = await setUp({ audience: ['x', AUDIENCE] });
    const token = await issuer.issue({ aud: ['y', AUDIENCE] });
    await expect(auth.authenticate(token)).resolves.toMatchObject({ userId: 'alice' });
  });

  it('for the tolerance of clocks after its end, by our clock', async () => {
    const { auth, clock } = await setUp({ clockTolerance: 10 });
    const exp = Math.floor(clock.time / 1000) + 5;
    const token = await issuer.issue({ exp });
    clock.time = (exp + 9) * 1000;
    await expect(auth.authenticate(token)).resolves.toMatchObject({ userId: 'alice' });
    clock.time = (exp + 10) * 1000;
    await expect(auth.authenticate(token)).rejects.toThrow(refused);
  });
});

describe('keys', () => {
  it('are read once for many', async () => {
    const { auth } = await setUp();
    const token = await issuer.issue();
    await Promise.all(Array.from({ length: 30 }, () => auth.authenticate(token)));
    expect(issuer.asked).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  it('may be rotated: a new one is found, but bad tokens cause no flood of questions', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { auth } = await setUp();
    const old = await issuer.issue();
    await auth.authenticate(old);
    vi.setSystemTime(Date.now() + 10_001);
    await issuer.addKey('second');
    await expect(auth.authenticate(await issuer.issue())).resolves.toMatchObject({ userId: 'alice' });
    await expect(auth.authenticate(old)).resolves.toMatchObject({ userId: 'alice' });
    expect(issuer.keyReads).toBe(2);
    for (let n = 0; n < 20; n++) {
      await expect(auth.authenticate(await issuer.issue({}, { kid: `bad-${n}` }))).rejects.toThrow(refused);
    }
    expect(issuer.keyReads).toBe(2);
  });

  it('that the issuer dropped are no longer believed after ten minutes', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { auth } = await setUp();
    const old = await issuer.issue({ exp: Math.floor(Date.now() / 1000) + 3600 });
    await auth.authenticate(old);
    await issuer.addKey('second');
    issuer.removeKey('first');
    vi.setSystemTime(Date.now() + 600_001);
    await expect(auth.authenticate(old)).rejects.toThrow(refused);
  });
});

describe('an issuer that fails', () => {
  type Misbehaviour = NonNullable<FakeIssuer['misbehave']>;
  const at =
    (path: string, act: (response: Parameters<Misbehaviour>[1]) => unknown): Misbehaviour =>
    ({ url }, response) => {
      if (!url?.endsWith(path)) return false;
      act(response);
      return true;
    };
  const both = (what: string, act: (response: Parameters<Misbehaviour>[1]) => unknown) =>
    ['openid-configuration', 'keys'].map((path): [string, Misbehaviour] => [
      `${path}: ${what}`,
      at(path, act),
    ]);

  it.each([
    ...both('500', (response) => response.writeHead(500).end()),
    ...both('a redirect', (response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end()),
    ...both('HTML', (response) => response.end('<html>')),
    ...both('null', (response) => response.end('null')),
    ...both('an empty object', (response) => response.end('{}')),
    ...both('a closed socket', (response) => response.destroy()),
    ...both('silence', () => undefined),
    ...both('too much', (response) => response.end('x'.repeat(600_000))),
  ])('%s', async (_what, misbehave) => {
    const { auth, lines } = await setUp();
    const token = await issuer.issue();
    issuer.misbehave = misbehave;
    const failure = await auth.authenticate(token).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'identity-unavailable' });
    await expect(auth.check()).rejects.toThrow(unavailable);
    expect(inspect([failure, lines], { depth: null })).not.toContain(token);
    issuer.misbehave = undefined;
    await expect(auth.authenticate(token)).resolves.toMatchObject({ userId: 'alice' });
  });

  it('does not matter while its keys are known', async () => {
    const { auth } = await setUp();
    await auth.check();
    issuer.misbehave = () => true;
    await expect(auth.authenticate(await issuer.issue())).resolves.toMatchObject({ userId: 'alice' });
    await expect(auth.check()).resolves.toBeUndefined();
  });

  it.each<[string, object]>([
    ['names itself otherwise', { issuer: 'https://other.example' }],
    ['has its keys under plain HTTP elsewhere', { jwks_uri: 'http://keys.example/keys' }],
    ['has no keys', { jwks_uri: undefined }],
  ])('because it %s', async (_what, metadata) => {
    issuer.metadata = metadata;
    const { auth } = await setUp();
    await expect(auth.authenticate(await issuer.issue())).rejects.toThrow(unavailable);
  });
});

describe('the challenge', () => {
  it('names the issuer', async () => {
    const { auth } = await setUp({ issuer: 'https://login.example/realms/x' });
    expect(auth.challenge).toBe('Bearer realm="https://login.example/realms/x"');
  });
});
