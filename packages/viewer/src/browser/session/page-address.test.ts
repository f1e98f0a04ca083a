import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressWithoutToken, gatewayUrl, readPageAddress, socketUrl } from './page-address.js';

const TOKEN = '0b6d4a52-6f0b-4b0e-9d0c-2f3a8a7c1e11';
const page = (rest: string) => new URL(`https://console.example${rest}`);
const token = (rest: string) => readPageAddress(page(rest)).token;

describe('the token', () => {
  it.each([
    ['Nova’s noVNC URL', `/vnc_lite.html?path=%3Ftoken%3D${TOKEN}`],
    ['a base URL that had a path', `/vnc_lite.html?path=novnc%3Ftoken%3D${TOKEN}`],
    ['a base URL that had a query', `/vnc_lite.html?noop=true&path=%3Ftoken%3D${TOKEN}`],
    ['a token parameter', `/serial.html?token=${TOKEN}`],
    ['a dashboard’s title after it', `/vnc_lite.html?path=%3Ftoken%3D${TOKEN}&title=web(1)`],
    ['a path to somebody else', `/vnc_lite.html?path=wss%3A%2F%2Fevil.example%2F%3Ftoken%3D${TOKEN}`],
    ['further parameters inside path', `/vnc_lite.html?path=%3Fa%3Db%26token%3D${TOKEN}%26c%3Dd`],
  ])('is found in %s', (_, address) => {
    expect(token(address)).toBe(TOKEN);
  });

  it.each([
    ['none', '/vnc_lite.html'],
    ['an empty one', '/vnc_lite.html?token='],
    ['one with a space', '/vnc_lite.html?token=a%20b'],
    ['one with a line break', '/vnc_lite.html?token=a%0d%0ab'],
    ['one that is too long', `/vnc_lite.html?token=${'a'.repeat(257)}`],
    ['a path without a query', '/vnc_lite.html?path=token%3Dabc'],
    ['one behind the hash', '/vnc_lite.html#token=abc'],
  ])('is not found where there is %s', (_, address) => {
    expect(token(address)).toBeUndefined();
  });

  it('is the last of several, as at the gateway', () => {
    expect(token('/vnc_lite.html?token=a&token=b')).toBe('b');
  });
});

it('keeps the title short and lets go of an empty one', () => {
  expect(readPageAddress(page(`/x?title=${'n'.repeat(1000)}`)).title).toHaveLength(120);
  expect(readPageAddress(page('/x?title=%20')).title).toBeUndefined();
});

describe('the socket', () => {
  it('is at the page’s own origin and folder', () => {
    expect(socketUrl(page('/vnc_lite.html?host=evil.example'), TOKEN).href).toBe(
      `wss://console.example/?token=${TOKEN}`,
    );
    expect(socketUrl(page('/a/b/serial.html#x'), TOKEN).href).toBe(
      `wss://console.example/a/b/?token=${TOKEN}`,
    );
    expect(socketUrl(new URL('http://h:8774/vnc_lite.html'), TOKEN).href).toBe(`ws://h:8774/?token=${TOKEN}`);
  });

  it('stays there whatever the address says', () => {
    fc.assert(
      fc.property(fc.webQueryParameters(), fc.webFragments(), fc.webUrl(), (query, fragment, url) => {
        const address = new URL(
          `/p/vnc_lite.html?${query}&path=${encodeURIComponent(url)}&host=h#${fragment}`,
          'https://a.example',
        );
        const socket = socketUrl(address, readPageAddress(address).token ?? 'none');
        expect(socket.host).toBe('a.example');
        expect(socket.pathname).toBe('/p/');
        expect([...socket.searchParams.keys()]).toEqual(['token']);
      }),
    );
  });

  it('is explained at the same place over HTTP', () => {
    expect(gatewayUrl(page('/a/x.html?y=z'), TOKEN).href).toBe(`https://console.example/a/?token=${TOKEN}`);
  });
});

it('leaves no token in the address, and the title', () => {
  expect(
    addressWithoutToken(page(`/a/vnc_lite.html?path=%3Ftoken%3D${TOKEN}&token=t&title=web%201#t`)).href,
  ).toBe('https://console.example/a/vnc_lite.html?title=web+1');
});
