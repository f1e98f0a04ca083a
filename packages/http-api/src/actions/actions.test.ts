import { describe, expect, it } from 'vitest';
import { BASES, OTHER_PROJECT, SERVERS } from '../../test/fixtures/fixture-cloud.js';
import { fault, UUID, useCloud } from '../../test/fixtures/use-cloud.js';

const fixture = useCloud();
const { everything, headless, limited, building, migrating, stopped, foreign } = SERVERS;
const actionsOf = (id: string) => `/v2.1/servers/${id}/action`;

const act = (body: unknown, { id = everything.id as string, version = '2.1', token = 'member' } = {}) =>
  fixture.api.post(actionsOf(id), { token, version, body });

const of = (field: string) => `Invalid input for field/attribute ${field}. Value: `;

describe('the actions before 2.6', () => {
  it.each([
    ['os-getVNCConsole', 'novnc', `${BASES.novnc}?path=%3Ftoken%3D`],
    ['os-getVNCConsole', 'xvpvnc', `${BASES.xvpvnc}?token=`],
    ['os-getSPICEConsole', 'spice-html5', `${BASES['spice-html5']}?token=`],
    ['os-getRDPConsole', 'rdp-html5', `${BASES['rdp-html5']}?token=`],
    ['os-getSerialConsole', 'serial', `${BASES.serial}?token=`],
  ] as const)('%s %s', async (name, type, prefix) => {
    for (const version of ['2.1', '2.5']) {
      const { status, json } = await act({ [name]: { type } }, { version });
      expect(status).toBe(200);
      expect(json).toEqual({ console: { type, url: expect.any(String) } });
      const { url } = (json as { console: { url: string } }).console;
      expect(url.startsWith(prefix)).toBe(true);
      expect(url.slice(prefix.length)).toMatch(new RegExp(`^${UUID}$`));
    }
  });

  it.each(['2.6', '2.99', 'latest'])('are gone at %s', async (version) => {
    const { json } = await act({ 'os-getVNCConsole': { type: 'novnc' } }, { version });
    expect(json).toEqual(fault('itemNotFound', 404, 'The resource could not be found.'));
  });

  it.each([
    ['os-getVNCConsole', {}, `${of('os-getVNCConsole')}{}. 'type' is a required property`],
    ['os-getVNCConsole', null, `${of('os-getVNCConsole')}None. None is not of type 'object'`],
    ['os-getVNCConsole', { type: 'bad' }, `${of('type')}bad. 'bad' is not one of ['novnc', 'xvpvnc']`],
    ['os-getSPICEConsole', { type: 'novnc' }, `${of('type')}novnc. 'novnc' is not one of ['spice-html5']`],
    ['os-getRDPConsole', { type: 'x' }, `${of('type')}x. 'x' is not one of ['rdp-html5']`],
    ['os-getSerialConsole', { type: 1 }, `${of('type')}1. 1 is not of type 'string'`],
    [
      'os-getSerialConsole',
      { type: 'serial', a: 1 },
      `${of('os-getSerialConsole')}{'type': 'serial', 'a': 1}. Additional properties are not allowed ('a' was unexpected)`,
    ],
  ])('%s with %j', async (name, content, message) => {
    expect((await act({ [name]: content })).json).toEqual(fault('badRequest', 400, message));
  });

  it.each([
    [headless.id, 'member', 400, 'badRequest', 'Unavailable console type vnc.'],
    [limited.id, 'member', 501, 'notImplemented', 'The requested functionality is not supported.'],
    [building.id, 'member', 409, 'conflictingRequest', `Instance ${building.id} is not ready`],
    [
      migrating.id,
      'member',
      409,
      'conflictingRequest',
      `Cannot 'get_vnc_console' instance ${migrating.id} while it is in task_state migrating`,
    ],
    [
      stopped.id,
      'member',
      409,
      'conflictingRequest',
      `Cannot 'get_vnc_console' instance ${stopped.id} while it is in vm_state stopped`,
    ],
    ['none', 'member', 404, 'itemNotFound', 'Instance none could not be found.'],
    [foreign.id, 'member', 404, 'itemNotFound', `Instance ${foreign.id} could not be found.`],
    [
      everything.id,
      'reader',
      403,
      'forbidden',
      "Policy doesn't allow os_compute_api:os-remote-consoles to be performed.",
    ],
  ])('on %s as %s', async (id, token, status, key, message) => {
    const answer = await act({ 'os-getVNCConsole': { type: 'novnc' } }, { id, token });
    expect([answer.status, answer.json]).toEqual([status, fault(key, status, message)]);
  });

  it('ask the policy before they look for the server', async () => {
    const answer = await act({ 'os-getVNCConsole': { type: 'novnc' } }, { id: 'none', token: 'reader' });
    expect(answer.status).toBe(403);
  });
});

describe('bodies that name no action', () => {
  it.each([
    ['an unknown one', { reboot: { type: 'HARD' } }, 'There is no such action: reboot'],
    ['one of JavaScript’s own', '{"constructor":{}}', 'There is no such action: constructor'],
    ['one of JavaScript’s own', '{"__proto__":{}}', 'There is no such action: __proto__'],
    ['one with a long name', { ['x'.repeat(5000)]: 1 }, `There is no such action: ${'x'.repeat(1024)}...`],
    ['none', {}, 'Malformed request body'],
    ['several', { 'os-getVNCConsole': { type: 'novnc' }, other: 1 }, 'Malformed request body'],
    ['an empty body', '', 'Malformed request body'],
    ['no body', undefined, 'Malformed request body'],
    ['null', 'null', 'Malformed request body'],
    ['an array', ['os-getVNCConsole'], 'Malformed request body'],
    ['a string', '"x"', 'Malformed request body'],
    ['a number', '1', 'Malformed request body'],
    ['half an object', '{"os-getVNCConsole":', 'Malformed request body'],
  ])('%s: %j', async (_what, body, message) => {
    expect((await act(body)).json).toEqual(fault('badRequest', 400, message));
  });

  it('an unknown action is told before a wrong project', async () => {
    const path = actionsOf(everything.id).replace('/v2.1', `/v2.1/${OTHER_PROJECT}`);
    const answer = await fixture.api.post(path, { token: 'member', body: { reboot: null } });
    expect(answer.json).toEqual(fault('badRequest', 400, 'There is no such action: reboot'));
  });
});

describe('os-getConsoleOutput', () => {
  const output = (length: unknown, version = '2.1') =>
    act({ 'os-getConsoleOutput': length === undefined ? {} : { length } }, { version });
  const ALL = 'one\ntwo\tbell\nthree\n';

  it.each([
    [undefined, ALL],
    [null, ALL],
    [-1, ALL],
    ['-1', ALL],
    [0, ''],
    [1, 'three\n'],
    ['2', 'two\tbell\nthree\n'],
    [3, ALL],
    [1e6, ALL],
    ['99999999999999999999999999', ALL],
  ])('length %j', async (length, text) => {
    expect((await output(length)).json).toEqual({ output: text });
  });

  it.each(['2.1', '2.5', '2.6', '2.99', 'latest'])('is there at %s', async (version) => {
    expect((await output(1, version)).json).toEqual({ output: 'three\n' });
  });

  it.each([
    [-2, `${of('length')}-2. -2 is less than the minimum of -1`],
    ['-2', `${of('length')}-2. -2 is less than the minimum of -1`],
    ['x', `${of('length')}x. 'x' does not match '^-?[0-9]+$'`],
    ['', `${of('length')}. '' does not match '^-?[0-9]+$'`],
    [1.5, `${of('length')}1.5. 1.5 is not of type 'integer', 'string', 'null'`],
    [true, `${of('length')}True. True is not of type 'integer', 'string', 'null'`],
    [[], `${of('length')}[]. [] is not of type 'integer', 'string', 'null'`],
  ])('length %j is refused', async (length, message) => {
    expect((await output(length)).json).toEqual(fault('badRequest', 400, message));
  });

  it.each([
    [headless.id, 'member', 404, 'itemNotFound', 'Guest does not have a console available.'],
    [building.id, 'member', 409, 'conflictingRequest', `Instance ${building.id} is not ready`],
    ['none', 'member', 404, 'itemNotFound', 'Instance none could not be found.'],
    [
      everything.id,
      'reader',
      403,
      'forbidden',
      "Policy doesn't allow os_compute_api:os-console-output to be performed.",
    ],
  ])('on %s as %s', async (id, token, status, key, message) => {
    const answer = await act({ 'os-getConsoleOutput': {} }, { id, token });
    expect([answer.status, answer.json]).toEqual([status, fault(key, status, message)]);
  });
});
