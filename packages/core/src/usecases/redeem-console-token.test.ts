import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CONTEXT,
  CountingRandom,
  digest,
  FakeClock,
  FakeHypervisor,
  FakeTokenStore,
  member,
  OTHER_PROJECT,
  PROJECT,
  RecordingAudit,
  SERVER_ID,
  server,
} from '../../test/fakes.js';
import { ConsoleError, consoleTypeUnavailable, tokenStoreUnavailable } from '../errors.js';
import { TokenIssuer } from '../token/token-issuer.js';
import { RedeemConsoleToken, type RedeemConsoleTokenRequest } from './redeem-console-token.js';

async function setUp(oneTime = false) {
  const clock = new FakeClock();
  const hypervisor = new FakeHypervisor('hv', server());
  const tokens = new FakeTokenStore(clock);
  const audit = new RecordingAudit();
  const random = new CountingRandom();
  const issuer = new TokenIssuer({ random, digest, clock }, { oneTime });
  const issued = issuer.issue({
    serverId: SERVER_ID,
    projectId: PROJECT,
    userId: member.userId,
    type: 'novnc',
    connectInfo: { host: 'stale-host', port: 1, tlsPort: null, internalAccessPath: null },
    requestId: CONTEXT.requestId,
  });
  await tokens.put(issued.digest, issued.authorization);
  const redeem = new RedeemConsoleToken({ hypervisor, tokens, issuer, random, digest, audit, clock });
  const use = (request: Partial<RedeemConsoleTokenRequest> = {}) =>
    redeem.execute({ token: issued.token, ...request });
  return { clock, hypervisor, tokens, audit, issued, redeem, use };
}

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'opened',
    (error: unknown) => (error instanceof ConsoleError ? error.code : String(error)),
  );

describe('a token that may be used again', () => {
  it('opens any number of sessions, each with a key of its own, and asks where the console is now', async () => {
    const { use, issued } = await setUp();
    const [first, second] = [await use(), await use()];
    expect(first).toMatchObject({
      digest: issued.digest,
      authorization: issued.authorization,
      server: { id: SERVER_ID },
      connection: { transport: { kind: 'tcp', port: 5900 } },
      joined: false,
    });
    expect(second.joined).toBe(false);
    expect(second.sessionKey).not.toBe(first.sessionKey);
  });

  it('is found in whatever case it comes', async () => {
    const { use, issued } = await setUp();
    expect(await code(use({ token: issued.token.toUpperCase() }))).toBe('opened');
  });
});

describe('a one-time token', () => {
  it('opens one session, which may have further sockets', async () => {
    const { use } = await setUp(true);
    const first = await use();
    for (let socket = 0; socket < 3; socket++) {
      expect(await use({ sessionKey: first.sessionKey })).toMatchObject({
        joined: true,
        sessionKey: first.sessionKey,
      });
    }
    expect(await code(use())).toBe('token-spent');
    expect(await code(use({ sessionKey: '99999999-9999-4999-8999-999999999999' }))).toBe('token-spent');
  });

  it('takes no garbage for a session key', async () => {
    const { use } = await setUp(true);
    const first = await use({ sessionKey: 'x' });
    expect(first.sessionKey).toMatch(/^[0-9a-f-]{36}$/);
    expect(await code(use({ sessionKey: 'x' }))).toBe('token-spent');
  });

  it('opens for one of many who try at once', async () => {
    const { use } = await setUp(true);
    const outcomes = await Promise.all(Array.from({ length: 40 }, () => code(use())));
    expect(outcomes.filter((outcome) => outcome === 'opened')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'token-spent')).toHaveLength(39);
  });

  it('is not lost where the console cannot be had', async () => {
    const { use, hypervisor } = await setUp(true);
    hypervisor.down = true;
    expect(await code(use())).toBe('hypervisor-unavailable');
    hypervisor.down = false;
    hypervisor.openFailure = consoleTypeUnavailable('vnc');
    expect(await code(use())).toBe('console-type-unavailable');
    hypervisor.openFailure = undefined;
    expect(await code(use())).toBe('opened');
  });

  it('is given back by release, after a dial that failed', async () => {
    const { use } = await setUp(true);
    await (await use()).release();
    expect(await code(use())).toBe('opened');
  });

  it('is not given back by a socket that joined', async () => {
    const { use } = await setUp(true);
    const { sessionKey } = await use();
    await (await use({ sessionKey })).release();
    expect(await code(use())).toBe('token-spent');
  });

  it('reports why the console failed, not that giving the token back failed', async () => {
    const { use, hypervisor, tokens } = await setUp(true);
    hypervisor.openFailure = consoleTypeUnavailable('vnc');
    tokens.release = () => Promise.reject(tokenStoreUnavailable());
    expect(await code(use())).toBe('console-type-unavailable');
  });
});

describe('a token that opens nothing', () => {
  it.each(['', 'x', 'f9906a48-b71e-4f18-baca-c987da3ebdb3', '../../etc/passwd', 'a'.repeat(100_000)])(
    'never issued: %.40j',
    async (token) => {
      const { use } = await setUp();
      expect(await code(use({ token }))).toBe('token-invalid');
    },
  );

  it('whatever the text', async () => {
    const { use } = await setUp();
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.uuid({ version: 4 })), async (token) => {
        fc.pre(!token.startsWith('00000000-0000'));
        expect(await code(use({ token }))).toBe('token-invalid');
      }),
    );
  });

  it('expired, to the millisecond', async () => {
    const { use, clock } = await setUp();
    clock.advance(599_999);
    expect(await code(use())).toBe('opened');
    clock.advance(1);
    expect(await code(use())).toBe('token-invalid');
  });

  it('revoked', async () => {
    const { use, tokens, issued } = await setUp();
    await tokens.revoke(issued.digest);
    expect(await code(use())).toBe('token-invalid');
  });

  it('of a server that was deleted', async () => {
    const { use, hypervisor } = await setUp();
    hypervisor.servers.clear();
    expect(await code(use())).toBe('token-invalid');
    expect(hypervisor.asked).toEqual([`find ${SERVER_ID}`]);
  });

  it("of a server that came back as another project's", async () => {
    const { use, hypervisor } = await setUp();
    hypervisor.servers.set(SERVER_ID, server({ projectId: OTHER_PROJECT }));
    expect(await code(use())).toBe('token-invalid');
    expect(hypervisor.asked).toEqual([`find ${SERVER_ID}`]);
  });

  it.each<[Partial<ReturnType<typeof server>>, string]>([
    [{ vmState: 'stopped' }, 'server-state-invalid'],
    [{ taskState: 'migrating' }, 'server-state-invalid'],
    [{ vmState: 'building' }, 'server-not-ready'],
  ])('of a server in %j', async (state, expected) => {
    const { use, hypervisor } = await setUp();
    hypervisor.servers.set(SERVER_ID, server(state));
    expect(await code(use())).toBe(expected);
  });

  it('while the store does not answer', async () => {
    const { use, tokens } = await setUp();
    tokens.failure = tokenStoreUnavailable();
    expect(await code(use())).toBe('token-store-unavailable');
  });
});

describe('the record', () => {
  it('ties the redemption to the request that issued the token, and holds no secret', async () => {
    const { use, audit, issued, clock } = await setUp(true);
    const { sessionKey } = await use({ clientAddress: '192.0.2.7' });
    await code(use({ clientAddress: '192.0.2.8' }));
    await code(use({ token: 'nonsense' }));
    expect(audit.events).toEqual([
      {
        action: 'console.redeem',
        outcome: 'success',
        at: clock.time,
        clientAddress: '192.0.2.7',
        requestId: CONTEXT.requestId,
        userId: member.userId,
        projectId: PROJECT,
        serverId: SERVER_ID,
        type: 'novnc',
      },
      {
        action: 'console.redeem',
        outcome: 'failure',
        at: clock.time,
        clientAddress: '192.0.2.8',
        reason: 'token-spent',
      },
      { action: 'console.redeem', outcome: 'failure', at: clock.time, reason: 'token-invalid' },
    ]);
    const printed = JSON.stringify(audit.events);
    for (const secret of [issued.token, sessionKey, 'nonsense']) expect(printed).not.toContain(secret);
  });
});

describe('inspect', () => {
  it('does not use the token', async () => {
    const { redeem, issued, use } = await setUp(true);
    await expect(redeem.inspect(issued.token)).resolves.toBeUndefined();
    expect(await code(use())).toBe('opened');
  });

  it.each<[string, (parts: Awaited<ReturnType<typeof setUp>>) => void, string]>([
    ['an expired token', ({ clock }) => clock.advance(600_000), 'token-invalid'],
    ['a deleted server', ({ hypervisor }) => hypervisor.servers.clear(), 'token-invalid'],
    [
      'a hypervisor that is down',
      ({ hypervisor }) => Object.assign(hypervisor, { down: true }),
      'hypervisor-unavailable',
    ],
  ])('says what execute says of %s', async (_what, spoil, expected) => {
    const parts = await setUp();
    spoil(parts);
    expect(await code(parts.redeem.inspect(parts.issued.token))).toBe(expected);
    expect(await code(parts.use())).toBe(expected);
  });

  it('refuses what is not a token', async () => {
    const { redeem } = await setUp();
    expect(await code(redeem.inspect('x'))).toBe('token-invalid');
  });
});
