import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputBuffer } from './input-buffer.js';
import { BGRX } from './pixel-format.js';
import { encodeServerInit, readServerInit } from './server-init.js';

describe('ServerInit', () => {
  it('is read when the last byte is in, and not before', () => {
    const name = fc.string({
      unit: fc.constantFrom('a', 'B', '7', '-', 'ü', '漢'),
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(fc.nat(0xffff), fc.nat(0xffff), name, (width, height, name) => {
        const init = { width, height, pixelFormat: BGRX, name };
        const input = new InputBuffer(4096);
        const bytes = encodeServerInit(init);
        bytes.forEach((byte, i) => {
          input.push(Uint8Array.of(byte));
          if (i < bytes.length - 1) expect(readServerInit(input)).toBeUndefined();
        });
        expect(readServerInit(input)).toEqual(init);
      }),
    );
  });

  it('refuses a name of 4 GiB when it is announced', () => {
    const bytes = encodeServerInit({ width: 1, height: 1, pixelFormat: BGRX, name: '' });
    bytes.fill(255, 20);
    const input = new InputBuffer(4096);
    input.push(bytes);
    expect(() => readServerInit(input)).toThrow(expect.objectContaining({ code: 'too-long' }));
  });

  it('takes control characters out of a name', () => {
    const input = new InputBuffer(4096);
    input.push(
      encodeServerInit({ width: 1, height: 1, pixelFormat: BGRX, name: 'vm\u001b]0;x\u0007\u202e1' }),
    );
    expect(readServerInit(input)?.name).toBe('vm ]0;x 1');
  });
});
