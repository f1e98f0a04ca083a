import { describe, expect, it } from 'vitest';
import { fuzz } from '../test/reads-or-refuses.js';
import { DerTag, derElement, derExplicit, derOctetString, derSequence } from './der.js';
import { ntlmMessageOf } from './spnego.js';

const code = (wanted: string) => expect.objectContaining({ name: 'RdpTunnelError', code: wanted });
const message = Uint8Array.of(...Buffer.from('NTLMSSP\0'), 2, 0, 0, 0);
const spnego = derElement(DerTag.objectIdentifier, Uint8Array.of(0x2b, 6, 1, 5, 5, 2));
const ntlm = derElement(DerTag.objectIdentifier, Uint8Array.of(0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 10));

const init = derExplicit(
  0,
  derSequence(derExplicit(0, derSequence(ntlm)), derExplicit(2, derOctetString(message))),
);
const response = (state: number, ...rest: readonly Uint8Array[]): Uint8Array =>
  derExplicit(1, derSequence(derExplicit(0, derElement(DerTag.enumerated, Uint8Array.of(state))), ...rest));
const challenge = response(1, derExplicit(1, ntlm), derExplicit(2, derOctetString(message)));

describe('the NTLM message in a token', () => {
  it.each([
    ['bare', message],
    ['in a NegTokenInit', init],
    ['in a NegTokenInit with its mechanism in front', derElement(0x60, spnego, init)],
    ['in a NegTokenResp', challenge],
    ['in a NegTokenResp without a mechanism', response(1, derExplicit(2, derOctetString(message)))],
  ])('%s', (_name, token) => {
    expect(ntlmMessageOf(token)).toEqual(message);
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['something else', Uint8Array.of(1, 2, 3)],
    ['no message', response(0)],
    ['another mechanism’s message', response(1, derExplicit(2, derOctetString(Uint8Array.of(0x60, 0))))],
    ['bytes behind it', Uint8Array.of(...challenge, 0)],
  ])('is refused when there is %s', (_name, token) => {
    expect(() => ntlmMessageOf(token)).toThrow(code('malformed'));
  });

  it('is refused when the server says no', () => {
    expect(() => ntlmMessageOf(response(2))).toThrow(code('credssp-refused'));
  });

  it.each([init, challenge])('stands hostile bytes', (token) => fuzz(ntlmMessageOf, token));
});
