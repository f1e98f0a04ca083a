import { describe, expect, it } from 'vitest';
import { isVncAuthResponse, vncAuthResponse } from './vnc-auth.js';

const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
const challenge = hex('000102030405060708090a0b0c0d0e0f');

describe('VNC authentication', () => {
  it('encrypts the challenge as single DES with reversed key bits does', () => {
    // openssl enc -des-ecb -nopad -K 0e86ceceeef64e26 (the bits of "password" reversed), legacy provider.
    expect(Buffer.from(vncAuthResponse('password', challenge)).toString('hex')).toBe(
      'b866924125c8eebb9debc1db61c538e2',
    );
  });

  it('counts the first 8 bytes of a password only', () => {
    expect(vncAuthResponse('password-and-more', challenge)).toEqual(vncAuthResponse('password', challenge));
    expect(vncAuthResponse('passwort', challenge)).not.toEqual(vncAuthResponse('password', challenge));
  });

  it('tells a right response from a wrong one, a short one and none', () => {
    const right = vncAuthResponse('secret', challenge);
    expect(isVncAuthResponse('secret', challenge, right)).toBe(true);
    expect(isVncAuthResponse('secreT', challenge, right)).toBe(false);
    expect(isVncAuthResponse('secret', challenge, right.subarray(0, 15))).toBe(false);
    expect(isVncAuthResponse('secret', challenge, new Uint8Array(0))).toBe(false);
  });
});
