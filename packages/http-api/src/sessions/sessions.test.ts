import type { ClusterMessage, ConsoleSession, TokenDigest } from '@remote-consoles/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { OTHER_PROJECT, PROJECT } from '../../test/fixtures/fixture-cloud.js';
import { fault, useCloud } from '../../test/fixtures/use-cloud.js';

const fixture = useCloud();
const PATH = '/console/sessions';
const DIGEST = 'd'.repeat(64);

function session(id: string, overrides: Partial<ConsoleSession> = {}): ConsoleSession {
  return {
    id,
    gateway: 'gw-1',
    serverId: 's1',
    projectId: PROJECT,
    userId: 'u-member',
    type: 'novnc',
    digest: DIGEST as TokenDigest,
    requestId: 'req-1',
    clientAddress: '192.0.2.7',
    openedAt: Date.UTC(2026, 0, 2, 3, 4, 5),
    security: 'x509vnc',
    lastActivity: Date.UTC(2026, 0, 2, 3, 5, 0),
    bytesDown: 5_000_000_000,
    bytesUp: 77,
    ...overrides,
  };
}

let heard: ClusterMessage[] = [];
let stopListening: (() => void) | undefined;
beforeEach(async () => {
  const { cluster } = fixture.cloud;
  for (const each of await cluster.sessions.list({})) await cluster.sessions.close(each);
  await cluster.sessions.open(session('a'), {});
  await cluster.sessions.open(session('b', { type: 'serial', userId: 'u-two', security: undefined }), {});
  await cluster.sessions.open(session('c', { projectId: OTHER_PROJECT, clientAddress: undefined }), {});
  heard = [];
  stopListening?.();
  stopListening = cluster.messages.receive((message) => heard.push(message));
});

const ids = async (query = '', token = 'member') => {
  const { status, json, text } = await fixture.api.get(PATH + query, { token });
  if (status !== 200) throw new Error(text);
  return (json as { sessions: { id: string }[] }).sessions.map(({ id }) => id);
};

describe('GET /console/sessions', () => {
  it('shows who is connected to what, from where, since when, how, and how much went by', async () => {
    const { json, text } = await fixture.api.get(`${PATH}?type=novnc`, { token: 'member' });
    expect(json).toEqual({
      sessions: [
        {
          id: 'a',
          gateway: 'gw-1',
          server_id: 's1',
          project_id: PROJECT,
          user_id: 'u-member',
          protocol: 'vnc',
          type: 'novnc',
          request_id: 'req-1',
          client_address: '192.0.2.7',
          security: 'x509vnc',
          opened_at: '2026-01-02T03:04:05.000Z',
          active_at: '2026-01-02T03:05:00.000Z',
          bytes_down: 5_000_000_000,
          bytes_up: 77,
        },
      ],
    });
    expect(text).not.toContain(DIGEST);
  });

  it("shows a project its own, and an administrator everybody's", async () => {
    expect(await ids()).toEqual(['a', 'b']);
    expect(await ids('', 'other')).toEqual(['c']);
    expect(await ids('', 'admin')).toEqual(['a', 'b', 'c']);
  });

  it.each([
    ['?server_id=s1', ['a', 'b', 'c']],
    ['?server_id=s2', []],
    [`?project_id=${OTHER_PROJECT}`, ['c']],
    ['?user_id=u-two', ['b']],
    ['?type=serial&server_id=s1', ['b']],
    ['?marker=a', ['b', 'c']],
    ['?limit=0', ['a', 'b', 'c']],
  ])('%s', async (query, expected) => {
    expect(await ids(query, 'admin')).toEqual(expected);
  });

  it('comes page by page along its links', async () => {
    let path = `${PATH}?limit=2&server_id=s1`;
    const seen: string[][] = [];
    for (;;) {
      const { json } = await fixture.api.get(path, { token: 'admin' });
      const page = json as { sessions: { id: string }[]; sessions_links?: { rel: string; href: string }[] };
      seen.push(page.sessions.map(({ id }) => id));
      const [next] = page.sessions_links ?? [];
      if (!next) break;
      expect(next.href).toBe(`${fixture.cloud.url}${PATH}?limit=2&server_id=s1&marker=b`);
      path = next.href.slice(fixture.cloud.url.length);
    }
    expect(seen).toEqual([['a', 'b'], ['c']]);
  });

  it.each([
    '?limit=-1',
    '?limit=x',
    '?type=hologram',
    '?nonsense=1',
    '?server_id=a&server_id=b',
    `?marker=${'x'.repeat(256)}`,
  ])('%s is a mistake', async (query) => {
    expect((await fixture.api.get(PATH + query, { token: 'member' })).status).toBe(400);
  });

  it.each([
    ['nobody', undefined, 401],
    ['a reader', 'reader', 403],
    ['a user without project', 'unscoped', 403],
    ['Keystone away', 'keystone-down', 503],
  ])('is refused to %s', async (_who, token, status) => {
    expect((await fixture.api.get(PATH, { token })).status).toBe(status);
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH'])('has no %s', async (method) => {
    const answer = await fixture.api.send(method, PATH, { token: 'member' });
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe('GET, HEAD');
  });
});

describe('GET /console/sessions/{session_id}', () => {
  it('shows one, with nothing where nothing is known', async () => {
    const { json } = await fixture.api.get(`${PATH}/b`, { token: 'member' });
    expect(json).toMatchObject({ session: { id: 'b', protocol: 'serial', security: null } });
    const { json: other } = await fixture.api.get(`${PATH}/c`, { token: 'admin' });
    expect(other).toMatchObject({ session: { id: 'c', client_address: null } });
  });
});

describe('DELETE /console/sessions/{session_id}', () => {
  it('has it ended, and says nothing more', async () => {
    const answer = await fixture.api.send('DELETE', `${PATH}/a`, { token: 'member' });
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 204, text: '' });
    expect(answer.headers).not.toHaveProperty('content-length');
    expect(heard).toEqual([{ kind: 'terminate-session', sessionId: 'a' }]);
    expect(fixture.cloud.audit.at(-1)).toMatchObject({
      action: 'console.terminate',
      outcome: 'success',
      sessionId: 'a',
      userId: 'u-member',
      requestId: answer.headers['x-openstack-request-id'],
    });
  });

  it('says on OPTIONS what it has', async () => {
    const answer = await fixture.api.send('OPTIONS', `${PATH}/a`);
    expect(answer.headers.allow).toBe('GET, HEAD, DELETE');
  });
});

describe('one session', () => {
  it.each([
    ['an unknown one', 'member', 'none', 404],
    ["another project's", 'member', 'c', 404],
    ['an id that no session has', 'member', 'x'.repeat(256), 404],
    ["the own project's, for a reader", 'reader', 'a', 403],
    ['any, for nobody', undefined, 'a', 401],
  ])('%s is neither shown nor ended', async (_what, token, id, status) => {
    for (const method of ['GET', 'DELETE']) {
      expect((await fixture.api.send(method, `${PATH}/${id}`, { token })).status).toBe(status);
    }
    expect(heard).toEqual([]);
  });

  it('that is foreign is told like one that is not there', async () => {
    const { json } = await fixture.api.send('DELETE', `${PATH}/c`, { token: 'member' });
    expect(json).toEqual(fault('itemNotFound', 404, 'Session c could not be found.'));
  });
});
