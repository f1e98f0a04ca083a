import { describe, expect, it } from 'vitest';
import { ConsoleOffers } from './console-offer.js';
import { CONSOLE_TYPES, type ConsoleType } from './console-type.js';

describe('ConsoleOffers', () => {
  const offers = new ConsoleOffers([{ type: 'novnc', baseUrl: 'http://h/vnc_lite.html' }]);

  it('gives what is served', () => {
    expect(offers.types).toEqual(['novnc']);
    expect(offers.get('novnc').baseUrl).toBe('http://h/vnc_lite.html');
  });

  it.each<[ConsoleType, string, string]>([
    ['spice-html5', 'console-type-unavailable', 'Unavailable console type spice-html5.'],
    ['spice-direct', 'console-type-unavailable', 'Unavailable console type spice-direct.'],
    ['serial', 'console-type-unavailable', 'Unavailable console type serial.'],
    ['webmks', 'console-type-unavailable', 'Unavailable console type webmks.'],
    ['rdp-html5', 'console-type-unavailable', 'Unavailable console type rdp.'],
    ['xvpvnc', 'console-type-invalid', 'Invalid console type xvpvnc'],
  ])('answers for %s as Nova', (type, code, message) => {
    expect(() => offers.get(type)).toThrow(expect.objectContaining({ code, message }));
  });

  it('serves every type that it is given', () => {
    const all = new ConsoleOffers(CONSOLE_TYPES.map((type) => ({ type, baseUrl: `http://h/${type}` })));
    for (const type of CONSOLE_TYPES) expect(all.get(type)).toEqual({ type, baseUrl: `http://h/${type}` });
  });
});
