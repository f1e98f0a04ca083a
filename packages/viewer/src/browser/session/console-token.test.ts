import { describe, expect, it } from 'vitest';
import { type AddressBar, takeConsoleToken } from './console-token.js';

/** An address bar as a browser has it: what replaceState writes is what is read next. */
class Bar implements AddressBar {
  readonly location: { href: string };
  readonly history: { state: unknown; replaceState: History['replaceState'] };

  constructor(href: string, state: unknown = null) {
    this.location = { href };
    this.history = {
      state,
      replaceState: (next, _, url) => {
        this.history.state = next;
        if (url !== undefined && url !== null) this.location.href = String(url);
      },
    };
  }
}

describe('taking the token', () => {
  it('empties the address bar', () => {
    const bar = new Bar('https://a.example/vnc_lite.html?path=%3Ftoken%3Dabc');
    expect(takeConsoleToken(bar)).toBe('abc');
    expect(bar.location.href).toBe('https://a.example/vnc_lite.html');
  });

  it('finds it again after a reload', () => {
    const bar = new Bar('https://a.example/vnc_lite.html?token=abc');
    takeConsoleToken(bar);
    expect(takeConsoleToken(new Bar(bar.location.href, bar.history.state))).toBe('abc');
  });

  it('prefers a new one in the address to the one kept', () => {
    expect(takeConsoleToken(new Bar('https://a.example/?token=new', { consoleToken: 'old' }))).toBe('new');
  });

  it.each([[null], ['abc'], [{}], [{ consoleToken: 7 }]])('makes nothing of foreign state %j', (state) => {
    expect(takeConsoleToken(new Bar('https://a.example/', state))).toBeUndefined();
  });
});
