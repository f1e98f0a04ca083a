import { describe, expect, it } from 'vitest';
import { GATEWAY_UNREACHABLE, OFFLINE } from './explanation.js';
import { askWhyRefused, type Network } from './refusal.js';

const URL_ASKED = new URL('https://a.example/?token=t');
const online = (answer: () => Response | Promise<Response>): Network => ({
  fetch: async () => answer(),
  onLine: () => true,
});

describe('asking why', () => {
  it('understands the gateway’s answer', async () => {
    const body = JSON.stringify({ error: { code: 'token-spent', message: 'used' } });
    const headers = { 'x-openstack-request-id': 'req-7' };
    const explanation = await askWhyRefused(
      URL_ASKED,
      online(() => new Response(body, { status: 401, headers })),
    );
    expect(explanation.title).toContain('has been used');
    expect(explanation.details).toEqual(['used', '401 token-spent', 'req-7']);
  });

  it.each([
    ['a proxy’s page', '<html>Bad gateway</html>'],
    ['nothing', ''],
    ['JSON of another shape', '{"error":"no"}'],
    ['JSON of wrong types', '{"error":{"code":1,"message":{}}}'],
    ['null', 'null'],
    ['more than it will read', `{"error":{"code":"token-spent","message":"${'x'.repeat(100_000)}"}}`],
  ])('goes by the status when the body is %s', async (_, body) => {
    const explanation = await askWhyRefused(
      URL_ASKED,
      online(() => new Response(body, { status: 502 })),
    );
    expect(explanation.title).toBe('The console of this machine cannot be reached.');
    expect(explanation.details).toEqual(['502']);
  });

  it('says that the gateway does not answer', async () => {
    const explanation = await askWhyRefused(
      URL_ASKED,
      online(() => Promise.reject(new TypeError('Failed to fetch'))),
    );
    expect(explanation).toEqual(GATEWAY_UNREACHABLE);
  });

  it('says that the computer is offline, and asks nobody', async () => {
    const network: Network = { fetch: () => Promise.reject(new Error('asked')), onLine: () => false };
    expect(await askWhyRefused(URL_ASKED, network)).toEqual(OFFLINE);
  });
});
