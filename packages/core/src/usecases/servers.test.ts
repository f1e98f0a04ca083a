import { describe, expect, it } from 'vitest';
import {
  admin,
  FakeHypervisor,
  foreigner,
  member,
  OTHER_PROJECT,
  PROJECT,
  reader,
  SERVER_ID,
  server,
} from '../../test/fakes.js';
import type { Credentials } from '../policy/credentials.js';
import { Policy } from '../policy/policy.js';
import { ListServers } from './list-servers.js';
import { ShowServer } from './show-server.js';

const other = server({ id: 'theirs', projectId: OTHER_PROJECT });
const norole = { userId: 'n', projectId: PROJECT, roles: ['observer'] };
const unscoped = { userId: 'x', roles: ['member', 'reader'] };

function setUp() {
  const deps = { hypervisor: new FakeHypervisor('hv', server(), other), policy: new Policy() };
  return { list: new ListServers(deps), show: new ShowServer(deps), ...deps };
}

describe('ShowServer', () => {
  it.each<[string, Credentials, string]>([
    ['member', member, 'shown'],
    ['reader', reader, 'shown'],
    ['administrator elsewhere', admin, 'shown'],
    ['member elsewhere', foreigner, 'server-not-found'],
    ['user without project', unscoped, 'server-not-found'],
    ['user with an unrelated role', norole, 'forbidden'],
  ])('%s: %s', async (_who, credentials, outcome) => {
    const { show } = setUp();
    const shown = show.execute({ credentials, serverId: SERVER_ID });
    if (outcome === 'shown') expect(await shown).toMatchObject({ id: SERVER_ID });
    else await expect(shown).rejects.toThrow(expect.objectContaining({ code: outcome }));
  });

  it('tells a foreign server from a missing one to nobody', async () => {
    const { show } = setUp();
    const failures = await Promise.allSettled([
      show.execute({ credentials: member, serverId: 'theirs' }),
      show.execute({ credentials: member, serverId: 'nowhere' }),
    ]);
    expect(failures.map((each) => each.status === 'rejected' && each.reason.message)).toEqual([
      'Instance theirs could not be found.',
      'Instance nowhere could not be found.',
    ]);
  });
});

describe('ListServers', () => {
  const ids = async (credentials: Credentials, allProjects = false, view: 'index' | 'detail' = 'index') =>
    (await setUp().list.execute({ credentials, view, allProjects })).map(({ id }) => id);

  it("lists the user's own project", async () => {
    expect(await ids(member)).toEqual([SERVER_ID]);
    expect(await ids(reader, false, 'detail')).toEqual([SERVER_ID]);
    expect(await ids(foreigner)).toEqual(['theirs']);
    expect(await ids(admin)).toEqual(['theirs']);
  });

  it('lists all projects to an administrator alone', async () => {
    expect(await ids(admin, true)).toEqual([SERVER_ID, 'theirs']);
    for (const view of ['index', 'detail'] as const) {
      await expect(ids(member, true, view)).rejects.toThrow(
        `Policy doesn't allow os_compute_api:servers:${view}:get_all_tenants to be performed.`,
      );
    }
  });

  it('lists nothing to a user without project or role, and asks no hypervisor', async () => {
    for (const credentials of [unscoped, norole]) {
      const { list, hypervisor } = setUp();
      await expect(list.execute({ credentials, view: 'detail', allProjects: false })).rejects.toThrow(
        expect.objectContaining({ code: 'forbidden' }),
      );
      expect(hypervisor.asked).toEqual([]);
    }
  });

  it('lists nothing to an administrator without project', async () => {
    expect(await ids({ userId: 'a', roles: ['admin'] })).toEqual([]);
  });
});
