import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backends, libvirtPresent } from '../../test/libvirt-presence.js';
import { Libvirt } from './libvirt.js';
import { NULL } from './native-library.js';
import { openNativeLibrary } from './open-native-library.js';

const text = fc.string({ unit: 'grapheme', maxLength: 300 }).filter((value) => !value.includes('\0'));

describe.skipIf(!libvirtPresent()).each(backends)('native library: %s', (backend) => {
  const library = openNativeLibrary(backend);
  const libvirt = new Libvirt(backend);

  it('passes any text to C and back', () => {
    fc.assert(
      fc.property(text, (value) => {
        const copy = libvirt.libc.strdup(value);
        expect(libvirt.libc.strlen(copy)).toBe(Buffer.byteLength(value));
        expect(libvirt.takeString(copy)).toBe(value);
      }),
    );
  });

  it('refuses a text that C would see cut short', () => {
    expect(() => libvirt.libc.strdup('a\0b')).toThrow('NUL');
  });

  it('passes any signed and unsigned number', () => {
    const { labs, abs, toupper } = library.bind({
      abs: ['int', ['int']],
      labs: ['size', ['size']],
      toupper: ['int', ['uint']],
    });
    fc.assert(
      fc.property(fc.integer({ min: -0x7fffffff, max: 0x7fffffff }), fc.maxSafeNat(), (int, size) => {
        expect(abs(int)).toBe(Math.abs(int));
        expect(labs(size)).toBe(size);
      }),
    );
    expect(toupper(97)).toBe(65);
    const { atoi } = library.bind({ atoi: ['int', ['string']] });
    expect(atoi('-2147483648')).toBe(-2147483648);
  });

  it('reads and writes C memory', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
        const memory = libvirt.libc.calloc(bytes.length, 1);
        libvirt.writeBytes(memory, bytes);
        expect(libvirt.readBytes(memory, bytes.length)).toEqual(Buffer.from(bytes));
        libvirt.libc.free(memory);
      }),
    );
    expect(() => libvirt.readBytes(NULL, 4)).toThrow('NULL');
    expect(libvirt.readString(NULL)).toBe('');
  });

  it('passes NULL for a string', () => {
    const { setlocale } = library.bind({ setlocale: ['pointer', ['int', 'string']] });
    expect(libvirt.readString(setlocale(0, null))).not.toBe(''); // NULL asks, a text would set
  });

  it('lets C call back, with its arguments and for a result', () => {
    const { qsort } = library.bind({ qsort: ['void', ['buffer', 'size', 'size', 'pointer']] });
    const numbers = Int32Array.of(5, -3, 9, 0, -7);
    const compare = library.callback('int', ['pointer', 'pointer'], (a = 0, b = 0) => {
      const [left = 0] = new Int32Array(Uint8Array.from(libvirt.readBytes(a as never, 4)).buffer);
      const [right = 0] = new Int32Array(Uint8Array.from(libvirt.readBytes(b as never, 4)).buffer);
      return left - right;
    });
    qsort(new Uint8Array(numbers.buffer), numbers.length, 4, compare);
    expect([...numbers]).toEqual([-7, -3, 0, 5, 9]);
  });

  it('says which function a library does not have', () => {
    expect(() => library.bind({ virNoSuchFunction: ['int', []] })).toThrow('virNoSuchFunction');
  });

  it('refuses a wrong number of arguments', () => {
    const { abs } = library.bind({ abs: ['int', ['int']] });
    expect(() => (abs as (...values: number[]) => number)()).toThrow();
  });

  it('keeps no memory in a loop that never returns to the event loop', () => {
    const call = (): void => {
      const pointer = libvirt.libc.strdup('some text');
      libvirt.libc.free(pointer);
    };
    for (let index = 0; index < 5_000; index++) call();
    const before = process.memoryUsage.rss();
    for (let index = 0; index < 50_000; index++) call();
    expect(process.memoryUsage.rss() - before).toBeLessThan(32 * 1024 * 1024); // ffi-napi's own wrapper: 150 MB
  });
});

describe('openNativeLibrary', () => {
  it('names the backends that do not load', () => {
    expect(() => openNativeLibrary('other' as never)).toThrow('no FFI package loads');
  });
});
