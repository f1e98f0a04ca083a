import { describe, expect, it } from 'vitest';
import {
  admin,
  CONTEXT,
  CountingRandom,
  digest,
  FakeClock,
  FakeHypervisor,
  FakeTokenStore,
  foreigner,
  member,
  PROJECT,
  RecordingAudit,
  reader,
  SERVER_ID,
  server,
} from '../../test/fakes.js';
import { ConsoleOffers } from '../console/console-offer.js';
import type { ConsoleProtocol, ConsoleType } from '../console/console-type.js';
import { ConsoleError, consoleTypeUnavailable, tokenStoreFull } from '../errors.js';
import type { Credentials } from '../policy/credentials.js';
import { Policy } from '../policy/policy.js';
import type { Server } from '../server/server.js';
import type { TokenDigest } from '../token/console-token.js';
import { TokenIssuer } from '../token/token-issuer.js';
import { CreateRemoteConsole } from './create-remote-console.js';

const BASES = { novnc: 'http://h/vnc_lite.html', serial: 'ws://h/serial', 'spice-html5': 'http://h/spice' };

function setUp(...servers: Server[]) {
  const clock = new FakeClock();
  const hypervisor = new FakeHypervisor('hv', ...servers);
  const tokens = new FakeTokenStore(clock);
  const audit = new RecordingAudit();
  const create = new CreateRemoteConsole({
    hypervisor,
    tokens,
    issuer: new TokenIssuer({ random: new CountingRandom(), digest, clock }),
    offers: new ConsoleOffers(
      Object.entries(BASES).map(([type, baseUrl]) => ({ type: type as ConsoleType, baseUrl })),
    ),
    policy: new Policy(),
    audit,
    clock,
  });
  const ask = (
    credentials: Credentials = member,
    protocol: ConsoleProtocol = 'vnc',
    type: ConsoleType = 'novnc',
    serverId = SERVER_ID,
  ) => create.execute({ credentials, serverId, protocol, type, context: CONTEXT });
  return { clock, hypervisor, tokens, audit, ask };
}

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 'granted',
    (error: unknown) => (error instanceof ConsoleError ? error.code : String(error)),
  );

describe('a granted console', () => {
  it('is a URL whose token leads to the server', async () => {
    const { ask, tokens, clock } = setUp(server());
    const console = await ask();
    expect(console).toMatchObject({ protocol: 'vnc', type: 'novnc' });
    const token = /%3Ftoken%3D([0-9a-f-]{36})$/.exec(console.url)?.[1] ?? '';
    expect(console.url).toBe(`${BASES.novnc}?path=%3Ftoken%3D${token}`);
    expect(await tokens.find(digest.sha256(token) as TokenDigest)).toEqual({
      serverId: SERVER_ID,
      projectId: PROJECT,
      userId: member.userId,
      type: 'novnc',
      connectInfo: { host: '127.0.0.1', port: 5900, tlsPort: null, internalAccessPath: null },
      requestId: CONTEXT.requestId,
      issuedAt: clock.time,
      expiresAt: clock.time + 600_000,
      oneTime: false,
    });
  });

  it('has a token of its own each time', async () => {
    const { ask, tokens } = setUp(server());
    expect((await ask()).url).not.toBe((await ask()).url);
    expect(tokens.size).toBe(2);
  });

  it("goes to an administrator of another project, with the server's project in the token", async () => {
    const { ask, tokens } = setUp(server());
    const token = (await ask(admin)).url.slice(-36);
    expect(await tokens.find(digest.sha256(token) as TokenDigest)).toMatchObject({
      projectId: PROJECT,
      userId: admin.userId,
    });
  });

  it('is recorded without its token', async () => {
    const { ask, audit, clock } = setUp(server());
    const { url } = await ask();
    expect(audit.events).toEqual([
      {
        action: 'console.issue',
        outcome: 'success',
        at: clock.time,
        ...CONTEXT,
        userId: member.userId,
        projectId: PROJECT,
        serverId: SERVER_ID,
        type: 'novnc',
      },
    ]);
    expect(JSON.stringify(audit.events)).not.toContain(url.slice(-36));
  });
});

describe('the order of checks', () => {
  const wrongPair = ['vnc', 'spice-html5'] as const;
  const { host: _, ...unscheduled } = server();

  it.each<[string, Server | undefined, Credentials, string]>([
    ['an unknown server before policy', undefined, reader, 'server-not-found'],
    ["another project's server before policy", server(), foreigner, 'server-not-found'],
    [
      "another project's server before its state",
      server({ vmState: 'building' }),
      foreigner,
      'server-not-found',
    ],
    ['policy before the state', server({ taskState: 'migrating' }), reader, 'forbidden'],
    ['policy before the pair', server(), reader, 'forbidden'],
    ['no host before the pair', unscheduled, member, 'server-not-ready'],
    ['building before the pair', server({ vmState: 'building' }), member, 'server-not-ready'],
    ['the task before the pair', server({ taskState: 'deleting' }), member, 'server-state-invalid'],
    ['the pair last', server(), member, 'console-type-invalid'],
  ])('%s', async (_order, one, credentials, code) => {
    const { ask, hypervisor, tokens } = setUp(...(one ? [one] : []));
    expect(await refusal(ask(credentials, ...wrongPair))).toBe(code);
    expect(hypervisor.asked).toEqual([`find ${SERVER_ID}`]);
    expect(tokens.size).toBe(0);
  });

  it('the pair before a type that is switched off', async () => {
    const { ask } = setUp(server());
    expect(await refusal(ask(member, 'vnc', 'webmks'))).toBe('console-type-invalid');
  });

  it('a type that is switched off before the hypervisor is asked for the console', async () => {
    const { ask, hypervisor } = setUp(server());
    await expect(ask(member, 'mks', 'webmks')).rejects.toThrow('Unavailable console type webmks.');
    expect(hypervisor.asked).toEqual([`find ${SERVER_ID}`]);
  });

  it('serial with the type of another protocol is refused too', async () => {
    const { ask } = setUp(server());
    await expect(ask(member, 'serial', 'novnc')).rejects.toThrow('Invalid console type novnc');
  });
});

describe('a refused console', () => {
  it('leaves no token and one record with the reason', async () => {
    const { ask, hypervisor, tokens, audit } = setUp(server());
    hypervisor.openFailure = consoleTypeUnavailable('vnc');
    await expect(ask()).rejects.toThrow('Unavailable console type vnc.');
    expect(tokens.size).toBe(0);
    expect(audit.events).toMatchObject([
      {
        action: 'console.issue',
        outcome: 'failure',
        reason: 'console-type-unavailable',
        serverId: SERVER_ID,
      },
    ]);
  });

  it.each<[string, (parts: ReturnType<typeof setUp>) => void, string]>([
    [
      'hypervisor down',
      ({ hypervisor }) => Object.assign(hypervisor, { down: true }),
      'hypervisor-unavailable',
    ],
    ['store full', ({ tokens }) => Object.assign(tokens, { failure: tokenStoreFull() }), 'token-store-full'],
  ])('%s', async (_what, spoil, code) => {
    const parts = setUp(server());
    spoil(parts);
    expect(await refusal(parts.ask())).toBe(code);
    expect(parts.audit.events).toMatchObject([{ outcome: 'failure', reason: code }]);
  });

  it('records an unforeseen error without its text', async () => {
    const { ask, hypervisor, audit } = setUp(server());
    hypervisor.openFailure = new TypeError('secret detail');
    await expect(ask()).rejects.toThrow('secret detail');
    expect(audit.events).toMatchObject([{ reason: 'internal' }]);
    expect(JSON.stringify(audit.events)).not.toContain('secret detail');
  });
});
