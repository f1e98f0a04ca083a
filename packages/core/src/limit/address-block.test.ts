import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressBlock } from './address-block.js';

describe('addressBlock', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:ffff::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('of %s is %s', (address, block) => {
    expect(addressBlock(address)).toBe(block);
  });

  it('says something short of any text', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(':', '.', 'f', '0') }));
    fc.assert(
      fc.property(text, (address) => {
        expect(addressBlock(address).length).toBeLessThanOrEqual(address.length + '0:0:0:0::/64'.length);
      }),
    );
  });
});
