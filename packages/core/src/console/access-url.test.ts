import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accessUrl } from './access-url.js';
import { CONSOLE_TYPES, type ConsoleType } from './console-type.js';

const TOKEN = 'f9906a48-b71e-4f18-baca-c987da3ebdb3';

/** The token as tempest takes it: from the decoded query parameter `path` where there is one, else from the URL. */
function tokenAsTempest(url: string): string | undefined {
  const path = new URL(url).searchParams.get('path');
  return /.+?token=([^&]+)/.exec(path === null ? url : `/${path}`)?.[1];
}

describe('accessUrl', () => {
  it.each<[ConsoleType, string, string]>([
    ['novnc', 'http://h:6080/vnc_auto.html', `http://h:6080/vnc_auto.html?path=%3Ftoken%3D${TOKEN}`],
    ['novnc', 'http://h:6080/root.html?path=novnc', `http://h:6080/root.html?path=novnc%3Ftoken%3D${TOKEN}`],
    [
      'novnc',
      'http://h:6080/vnc_auto.html?noop=true',
      `http://h:6080/vnc_auto.html?noop=true&path=%3Ftoken%3D${TOKEN}`,
    ],
    [
      'novnc',
      'http://h:6080/vnc_auto.html?path=a%2Fb&noop=true',
      `http://h:6080/vnc_auto.html?path=a%2Fb%3Ftoken%3D${TOKEN}&noop=true`,
    ],
    [
      'novnc',
      'http://h:6080/vnc_auto.html?path&noop',
      `http://h:6080/vnc_auto.html?path=%3Ftoken%3D${TOKEN}&noop`,
    ],
    ['novnc', 'http://h:6080/vnc_auto.html?', `http://h:6080/vnc_auto.html?path=%3Ftoken%3D${TOKEN}`],
    [
      'novnc',
      'http://h:6080/vnc_auto.html?pathology=1',
      `http://h:6080/vnc_auto.html?pathology=1&path=%3Ftoken%3D${TOKEN}`,
    ],
    ['xvpvnc', 'http://127.0.0.1:6081/console', `http://127.0.0.1:6081/console?token=${TOKEN}`],
    [
      'spice-html5',
      'http://127.0.0.1:6082/spice_auto.html',
      `http://127.0.0.1:6082/spice_auto.html?token=${TOKEN}`,
    ],
    ['spice-direct', 'http://127.0.0.1:13002/nova', `http://127.0.0.1:13002/nova?token=${TOKEN}`],
    ['serial', 'ws://127.0.0.1:6083/', `ws://127.0.0.1:6083/?token=${TOKEN}`],
    ['rdp-html5', 'http://127.0.0.1:6083/', `http://127.0.0.1:6083/?token=${TOKEN}`],
    ['webmks', 'http://127.0.0.1:6090/', `http://127.0.0.1:6090/?token=${TOKEN}`],
    ['webmks', 'http://127.0.0.1:6090/?theme=dark', `http://127.0.0.1:6090/?theme=dark&token=${TOKEN}`],
  ])('%s on %s', (type, base, url) => {
    expect(accessUrl(base, TOKEN, type)).toBe(url);
  });

  const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/).filter((text) => text !== 'token');
  const query = fc.array(fc.tuple(name, fc.webFragments()), { maxLength: 4 });
  const base = fc
    .tuple(fc.constantFrom('http', 'https', 'ws', 'wss'), fc.webPath(), query)
    .map(([scheme, path, pairs]) => {
      const search = pairs.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&');
      return `${scheme}://console.example:6080${path || '/'}${search === '' ? '' : `?${search}`}`;
    });

  it('keeps what the base says, and tempest finds the token', () => {
    fc.assert(
      fc.property(base, fc.uuid(), fc.constantFrom(...CONSOLE_TYPES), (start, token, type) => {
        fc.pre(type === 'novnc' || !new URL(start).searchParams.has('path'));
        const url = accessUrl(start, token, type);
        expect(tokenAsTempest(url)).toBe(token);
        const [before, after] = [new URL(start), new URL(url)];
        expect(after.origin + after.pathname).toBe(before.origin + before.pathname);
        for (const [key] of before.searchParams) expect(after.searchParams.has(key)).toBe(true);
        expect(after.hash).toBe('');
      }),
    );
  });

  it("keeps the token out of the page's own query for noVNC, and in it for all others", () => {
    expect(new URL(accessUrl('http://h/vnc_lite.html', TOKEN, 'novnc')).searchParams.get('token')).toBeNull();
    for (const type of CONSOLE_TYPES.filter((each) => each !== 'novnc')) {
      expect(new URL(accessUrl('http://h/page', TOKEN, type)).searchParams.get('token')).toBe(TOKEN);
    }
  });

  it("stands Horizon's title parameter at its end", () => {
    for (const type of CONSOLE_TYPES) {
      const url = `${accessUrl('http://h/page.html', TOKEN, type)}&title=vm(${TOKEN})`;
      expect(url).toContain('?');
      expect(new URL(url).searchParams.get('title')).toBe(`vm(${TOKEN})`);
      expect(tokenAsTempest(url)).toBe(TOKEN);
    }
  });
});
