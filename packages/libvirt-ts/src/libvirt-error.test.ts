import { describe, expect, it } from 'vitest';
import { connectionError, LibvirtError, timeoutError } from './libvirt-error.js';

const error = (code: number, domain: number): LibvirtError =>
  new LibvirtError({ code, domain, level: 'error', message: 'm', call: 'c' });

describe('LibvirtError', () => {
  it('is an Error that survives its way through structured clone', () => {
    const original = error(42, 10);
    const revived = new LibvirtError(structuredClone(original.toFields()));
    expect(revived).toBeInstanceOf(Error);
    expect(revived.message).toBe('m');
    expect(revived.toFields()).toEqual(original.toFields());
  });

  it('knows which errors mean that the connection is of no more use', () => {
    expect(error(38, 7).connectionLost).toBe(true); // daemon not there
    expect(error(1, 7).connectionLost).toBe(true); // client socket is closed
    expect(error(39, 7).connectionLost).toBe(true); // protocol error
    expect(connectionError('c', 'm').connectionLost).toBe(true);
    expect(error(42, 10).connectionLost).toBe(false); // no such domain
    expect(error(1, 10).connectionLost).toBe(false); // QEMU's internal error
    expect(error(38, 0).connectionLost).toBe(false);
    expect(timeoutError('c', 5).connectionLost).toBe(false);
  });

  it('wraps what is not one', () => {
    expect(LibvirtError.from(new TypeError('odd'), 'lookup')).toMatchObject({
      message: 'odd',
      call: 'lookup',
      code: 1,
    });
    const known = error(42, 10);
    expect(LibvirtError.from(known, 'other')).toBe(known);
  });

  it('says how long a deadline was', () => {
    expect(timeoutError('getXml', 250).message).toBe('no answer from libvirt within 250 ms');
  });
});
