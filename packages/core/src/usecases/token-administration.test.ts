import { describe, expect, it } from 'vitest';
import {
  admin,
  CONTEXT,
  CountingRandom,
  digest,
  FakeClock,
  FakeTokenStore,
  member,
  PROJECT,
  RecordingAudit,
  SERVER_ID,
} from '../../test/fakes.js';
import { tokenStoreUnavailable } from '../errors.js';
import { Policy } from '../policy/policy.js';
import type { ClusterMessage } from '../ports/cluster-messages.js';
import { LocalCluster } from '../session/local-cluster.js';
import { TokenIssuer } from '../token/token-issuer.js';
import { RevokeServerConsoles } from './revoke-server-consoles.js';
import { ShowConnectInfo } from './show-connect-info.js';

async function setUp() {
  const clock = new FakeClock();
  const tokens = new FakeTokenStore(clock);
  const audit = new RecordingAudit();
  const issuer = new TokenIssuer({ random: new CountingRandom(), digest, clock }, { oneTime: true });
  const issued = issuer.issue({
    serverId: SERVER_ID,
    projectId: PROJECT,
    userId: member.userId,
    type: 'novnc',
    connectInfo: { host: 'host-1', port: 5901, tlsPort: null, internalAccessPath: 'secret-path' },
    requestId: CONTEXT.requestId,
  });
  await tokens.put(issued.digest, issued.authorization);
  const show = new ShowConnectInfo({ tokens, issuer, policy: new Policy(), audit, clock });
  const { messages } = new LocalCluster();
  const heard: ClusterMessage[] = [];
  messages.receive((message) => heard.push(message));
  const revoke = new RevokeServerConsoles({ tokens, messages, audit, clock });
  return { clock, tokens, audit, issued, show, revoke, heard };
}

describe('ShowConnectInfo', () => {
  it('shows an administrator where a token leads, and leaves it unused', async () => {
    const { show, issued, tokens, audit } = await setUp();
    const shown = await show.execute({ credentials: admin, token: issued.token, context: CONTEXT });
    expect(shown.connectInfo).toEqual(issued.authorization.connectInfo);
    expect(await tokens.redeem(issued.digest, 'session')).toMatchObject({ kind: 'opened' });
    expect(audit.events).toMatchObject([
      { action: 'console.show-connect-info', userId: admin.userId, serverId: SERVER_ID, type: 'novnc' },
    ]);
    expect(JSON.stringify(audit.events)).not.toContain(issued.token);
    expect(JSON.stringify(audit.events)).not.toContain('secret-path');
  });

  it('refuses everybody else before it looks', async () => {
    const { show, issued, audit } = await setUp();
    for (const token of [issued.token, 'nonsense']) {
      await expect(show.execute({ credentials: member, token, context: CONTEXT })).rejects.toThrow(
        "Policy doesn't allow os_compute_api:os-console-auth-tokens to be performed.",
      );
    }
    const { requestId } = CONTEXT;
    const refused = {
      action: 'console.show-connect-info',
      outcome: 'failure',
      reason: 'forbidden',
      requestId,
    };
    expect(audit.events).toMatchObject([refused, refused]);
  });

  it.each(['nonsense', '', 'f9906a48-b71e-4f18-baca-c987da3ebdb3'])('does not find %j', async (token) => {
    const { show, audit } = await setUp();
    await expect(show.execute({ credentials: admin, token, context: CONTEXT })).rejects.toThrow(
      expect.objectContaining({ code: 'token-not-found', message: 'Token not found' }),
    );
    expect(audit.events).toMatchObject([{ outcome: 'failure', reason: 'token-not-found' }]);
    if (token !== '') expect(JSON.stringify(audit.events)).not.toContain(token);
  });

  it('does not find an expired token', async () => {
    const { show, issued, clock } = await setUp();
    clock.advance(600_000);
    await expect(show.execute({ credentials: admin, token: issued.token, context: CONTEXT })).rejects.toThrow(
      'Token not found',
    );
  });
});

describe('RevokeServerConsoles', () => {
  it('makes the tokens of a server useless and records it once', async () => {
    const { revoke, tokens, issued, audit } = await setUp();
    expect(await revoke.execute({ serverId: SERVER_ID, reason: 'stopped' })).toBe(1);
    expect(await tokens.find(issued.digest)).toBeUndefined();
    expect(await revoke.execute({ serverId: SERVER_ID, reason: 'deleted' })).toBe(0);
    expect(audit.events).toMatchObject([
      { action: 'console.revoke', serverId: SERVER_ID, reason: 'stopped' },
    ]);
  });

  it('has its sessions ended, also where the tokens cannot be reached', async () => {
    const { revoke, tokens, heard } = await setUp();
    tokens.failure = tokenStoreUnavailable();
    const refused = expect.objectContaining({ code: 'token-store-unavailable' });
    await expect(revoke.execute({ serverId: SERVER_ID, reason: 'migrated' })).rejects.toThrow(refused);
    expect(heard).toEqual([{ kind: 'end-server', serverId: SERVER_ID, event: 'migrated' }]);
  });

  it('leaves the tokens of other servers', async () => {
    const { revoke, tokens, issued } = await setUp();
    expect(await revoke.execute({ serverId: 'other', reason: 'stopped' })).toBe(0);
    expect(await tokens.find(issued.digest)).toEqual(issued.authorization);
  });
});
