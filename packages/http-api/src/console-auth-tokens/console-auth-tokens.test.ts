import type { ConsoleProtocol, ConsoleType } from '@remote-consoles/core';
import { describe, expect, it } from 'vitest';
import { SERVERS } from '../../test/fixtures/fixture-cloud.js';
import { fault, useCloud } from '../../test/fixtures/use-cloud.js';

const fixture = useCloud();
const { id } = SERVERS.everything;

async function tokenFor(protocol: ConsoleProtocol, type: ConsoleType): Promise<string> {
  const { text } = await fixture.api.post(`/v2.1/servers/${id}/remote-consoles`, {
    token: 'member',
    version: '2.99',
    body: { remote_console: { protocol, type } },
  });
  return /token(?:%3D|=)([0-9a-f-]+)/.exec(text)?.[1] ?? '';
}

const show = (token: string, version: string, as = 'admin', query = '') =>
  fixture.api.get(`/v2.1/os-console-auth-tokens/${token}${query}`, { token: as, version });

const INFO = { instance_uuid: id, host: '192.0.2.7', port: 5901, internal_access_path: null };

describe('GET /os-console-auth-tokens/{token}', () => {
  it.each([
    ['vnc', 'novnc'],
    ['vnc', 'xvpvnc'],
    ['spice', 'spice-html5'],
    ['serial', 'serial'],
    ['mks', 'webmks'],
  ] as const)('%s %s: shown since 2.31, refused before', async (protocol, type) => {
    const token = await tokenFor(protocol, type);
    for (const version of ['2.31', '2.99']) {
      expect((await show(token, version)).json).toEqual({ console: INFO });
    }
    for (const version of ['2.1', '2.30']) {
      expect((await show(token, version)).json).toEqual(
        fault('unauthorized', 401, 'The requested console type details are not accessible'),
      );
    }
  });

  it('rdp is shown at every microversion', async () => {
    const token = await tokenFor('rdp', 'rdp-html5');
    for (const version of ['2.1', '2.30', '2.31', '2.99']) {
      expect((await show(token, version)).json).toEqual({
        console: { ...INFO, internal_access_path: 'b5ab0f6a' },
      });
    }
  });

  it('spice-direct has a TLS port since 2.99', async () => {
    const token = await tokenFor('spice', 'spice-direct');
    expect((await show(token, '2.98')).json).toEqual({ console: INFO });
    expect((await show(token, '2.99')).json).toEqual({ console: { ...INFO, tls_port: 5902 } });
  });

  it('looking does not use the token, and case does not matter', async () => {
    const token = await tokenFor('vnc', 'novnc');
    await show(token, '2.31');
    expect((await show(token.toUpperCase(), '2.31')).json).toEqual({ console: INFO });
  });

  it.each(['00000000-0000-4000-8000-000000000000', 'no-uuid', 'x'.repeat(3000), '%00'])(
    'unknown token %j',
    async (token) => {
      expect((await show(token, '2.31')).json).toEqual(fault('itemNotFound', 404, 'Token not found'));
    },
  );

  it.each(['member', 'reader', 'other'])('%s may not look, whether the token exists or not', async (as) => {
    const message = "Policy doesn't allow os_compute_api:os-console-auth-tokens to be performed.";
    for (const token of [await tokenFor('vnc', 'novnc'), 'none']) {
      expect((await show(token, '2.31', as)).json).toEqual(fault('forbidden', 403, message));
    }
  });

  it('query parameters are refused since 2.99 and ignored before', async () => {
    const token = await tokenFor('vnc', 'novnc');
    expect((await show(token, '2.98', 'admin', '?a=1')).status).toBe(200);
    expect((await show(token, '2.99', 'admin', '?a=1')).json).toEqual(
      fault('badRequest', 400, "Additional properties are not allowed ('a' was unexpected)"),
    );
    expect((await show(token, '2.99', 'admin', '?b=1&__proto__=2')).json).toEqual(
      fault('badRequest', 400, "Additional properties are not allowed ('__proto__', 'b' were unexpected)"),
    );
  });

  it('leaves no token in the log', async () => {
    const token = await tokenFor('vnc', 'novnc');
    fixture.cloud.log.splice(0);
    const encoded = [...token].map((char) => `%${char.charCodeAt(0).toString(16)}`).join('');
    await show(token, '2.31');
    await show(encoded, '2.31');
    await show(token, '2.31', 'member');
    await show(token, '2.99', 'admin', `?token=${token}`);
    await fixture.api.get(`/v2.1/os-console-auth-tokens/${token}/`, { token: 'admin' });
    await fixture.api.get(`/os-console-auth-tokens/${token}`);
    await fixture.api.get(`/v2.1/os%2Dconsole%2Dauth%2Dtokens/${token}`, { token: 'admin' });
    await fixture.api.get(`/vnc_lite.html?path=%3Ftoken%3D${token}`);
    await fixture.api.get(`/?${token}`);
    expect(fixture.cloud.log).toHaveLength(9);
    const log = JSON.stringify(fixture.cloud.log);
    expect(log).not.toContain(token);
    expect(log).not.toContain(encoded);
  });
});

describe('removed resources', () => {
  const gone = fault(
    'computeFault',
    410,
    'This resource is no longer available. No forwarding address is given.',
  );

  it.each([
    ['GET', `/v2.1/servers/${id}/consoles`],
    ['POST', `/v2.1/servers/${id}/consoles`],
    ['GET', `/v2.1/servers/${id}/consoles/1`],
  ])('%s %s is gone', async (method, path) => {
    expect((await fixture.api.send(method, path, { token: 'member' })).json).toEqual(gone);
  });
});
