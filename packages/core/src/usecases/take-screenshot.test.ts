import { describe, expect, it, vi } from 'vitest';
import {
  admin,
  CONTEXT,
  FakeClock,
  FakeHypervisor,
  foreigner,
  member,
  RecordingAudit,
  reader,
  SERVER_ID,
  server,
} from '../../test/fakes.js';
import { hypervisorUnavailable } from '../errors.js';
import type { Credentials } from '../policy/credentials.js';
import { Policy } from '../policy/policy.js';
import type { Screenshot } from '../ports/screenshot-port.js';
import { TakeScreenshot } from './take-screenshot.js';

const PICTURE: Screenshot = { mediaType: 'image/png', data: Uint8Array.of(0x89, 0x50) };

function setUp(take: () => Promise<Screenshot> = async () => PICTURE) {
  const hypervisor = new FakeHypervisor('hv', server());
  hypervisor.screenshots = { takeScreenshot: take };
  const audit = new RecordingAudit();
  const usecase = new TakeScreenshot({ hypervisor, policy: new Policy(), audit, clock: new FakeClock() });
  const shoot = (credentials: Credentials = member) =>
    usecase.execute({ credentials, serverId: SERVER_ID, context: CONTEXT });
  return { hypervisor, audit, shoot };
}

describe('a screenshot', () => {
  it('is shown to a member, of a paused server too, and recorded', async () => {
    const { hypervisor, audit, shoot } = setUp();
    hypervisor.servers.set(SERVER_ID, server({ vmState: 'paused' }));
    expect(await shoot()).toBe(PICTURE);
    expect(audit.events).toEqual([
      {
        action: 'console.screenshot',
        outcome: 'success',
        at: expect.any(Number),
        ...CONTEXT,
        userId: member.userId,
        projectId: member.projectId,
        serverId: SERVER_ID,
      },
    ]);
  });

  it('is shown to an administrator of another project', async () => {
    expect(await setUp().shoot(admin)).toBe(PICTURE);
  });

  it.each<[string, Credentials, string]>([
    ['reader', reader, 'forbidden'],
    ['member of another project', foreigner, 'server-not-found'],
  ])('is not taken for a %s, which is recorded', async (_who, credentials, code) => {
    const take = vi.fn(async () => PICTURE);
    const { audit, shoot } = setUp(take);
    await expect(shoot(credentials)).rejects.toMatchObject({ code });
    expect(take).not.toHaveBeenCalled();
    expect(audit.events).toMatchObject([{ outcome: 'failure', reason: code, userId: credentials.userId }]);
  });

  it.each<[string, Partial<ReturnType<typeof server>>, string]>([
    ['stopped', { vmState: 'stopped' }, 'server-state-invalid'],
    ['migrating', { taskState: 'migrating' }, 'server-state-invalid'],
    ['building', { vmState: 'building' }, 'server-not-ready'],
  ])('is not taken of a server that is %s', async (_what, state, code) => {
    const { hypervisor, shoot } = setUp();
    hypervisor.servers.set(SERVER_ID, server(state));
    await expect(shoot()).rejects.toMatchObject({ code });
  });

  it('says which action the state does not allow', async () => {
    const { hypervisor, shoot } = setUp();
    hypervisor.servers.set(SERVER_ID, server({ vmState: 'stopped' }));
    await expect(shoot()).rejects.toThrow(
      `Cannot 'get_screenshot' instance ${SERVER_ID} while it is in vm_state stopped`,
    );
  });

  it('cannot be had where the hypervisor takes none', async () => {
    const { hypervisor, shoot } = setUp();
    delete hypervisor.screenshots;
    await expect(shoot()).rejects.toMatchObject({ code: 'console-not-implemented' });
  });
});

describe('several at once', () => {
  it('share one picture; the next one is new', async () => {
    let finish = () => {};
    const take = vi.fn(
      () =>
        new Promise<Screenshot>((resolve) => {
          finish = () => resolve(PICTURE);
        }),
    );
    const { shoot, audit } = setUp(take);
    const three = Promise.all([shoot(), shoot(), shoot(admin)]);
    await vi.waitFor(() => expect(take).toHaveBeenCalled());
    await new Promise((done) => setImmediate(done));
    finish();
    expect(await three).toEqual([PICTURE, PICTURE, PICTURE]);
    expect(take).toHaveBeenCalledTimes(1);
    expect(audit.events.map(({ userId }) => userId)).toEqual([member.userId, member.userId, admin.userId]);
    const next = shoot();
    await vi.waitFor(() => expect(take).toHaveBeenCalledTimes(2));
    finish();
    expect(await next).toBe(PICTURE);
  });

  it('do not keep a failure', async () => {
    const take = vi.fn(async () => PICTURE).mockRejectedValueOnce(hypervisorUnavailable('hv'));
    const { shoot } = setUp(take);
    await expect(shoot()).rejects.toMatchObject({ code: 'hypervisor-unavailable' });
    expect(await shoot()).toBe(PICTURE);
  });

  it('are not shared with those who may not', async () => {
    const { shoot } = setUp();
    const answers = await Promise.allSettled([shoot(), shoot(reader)]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });
});
