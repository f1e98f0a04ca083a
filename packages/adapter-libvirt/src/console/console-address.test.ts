import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConsoleAddress, formatConsoleAddress, parseConsoleAddress } from './console-address.js';

const common = { host: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/), uuid: fc.uuid() };
const address: fc.Arbitrary<ConsoleAddress> = fc.oneof(
  fc.record({ kind: fc.constant('display' as const), ...common, index: fc.nat(999) }),
  fc.record({
    kind: fc.constant('character' as const),
    ...common,
    alias: fc.stringMatching(/^[\w.-]{1,63}$/),
  }),
);

describe('a console address', () => {
  it('comes back as it was written', () => {
    fc.assert(
      fc.property(address, (written) => {
        expect(parseConsoleAddress(formatConsoleAddress(written))).toEqual(written);
      }),
    );
  });

  it('is nothing else', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseConsoleAddress(text)).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(address, fc.string({ minLength: 1 }), (written, extra) => {
        const text = formatConsoleAddress(written);
        expect(parseConsoleAddress(extra + text)).toBeUndefined();
        const longer = parseConsoleAddress(text + extra);
        if (longer) expect(formatConsoleAddress(longer)).toBe(text + extra);
      }),
    );
  });
});
