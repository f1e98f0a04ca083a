import { ConsoleError } from '@remote-consoles/core';
import { parseRdCleanPathAnswer, RdpTunnelError } from '@remote-consoles/rdp-tunnel';
import { describe, expect, it } from 'vitest';
import { ConsoleTimeout } from '../handshake/opening.js';
import { encodeFailure, negotiationFailure, tlsFailure } from './failure-answer.js';
import { RdpFailure } from './rdp-failure.js';

const told = (error: unknown) => parseRdCleanPathAnswer(encodeFailure(error));
const withCode = (code: string) => Object.assign(new Error('hv1.internal said no'), { code });

describe('what a viewer is told of', () => {
  it.each([
    ['CERT_HAS_EXPIRED', 45],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 48],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 48],
    ['CERT_REVOKED', 44],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 42],
    ['EPROTO', 40],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 40],
  ])('%s is TLS alert %i', (code, tlsAlert) => {
    expect(told(tlsFailure(withCode(code)))).toMatchObject({ kind: 'general-error', tlsAlert });
  });

  it.each(['ECONNRESET', 'EPIPE', 'console-unreachable'])('%s is no matter of TLS', (code) => {
    expect(tlsFailure(withCode(code))).toBeUndefined();
  });

  it('somebody in the middle is a bad certificate', () => {
    const failure = negotiationFailure(new RdpTunnelError('public-key-mismatch', 'in the middle'));
    expect(told(failure)).toMatchObject({ tlsAlert: 42 });
  });

  it('a late console is a connection that timed out, and a fault of ours an internal error', () => {
    expect(told(new ConsoleTimeout('the handshake'))).toMatchObject({ wsaError: 10_060 });
    expect(told(new ConsoleError('console-refused', 'no'))).toMatchObject({ httpStatus: 502 });
    expect(told(new TypeError('oops'))).toMatchObject({ httpStatus: 500 });
  });

  it('the host’s words stay in the cause', () => {
    const said = new RdpTunnelError('credssp-refused', 'LAB\\rc-console is locked out');
    const failure = negotiationFailure(said);
    expect(failure).toBeInstanceOf(RdpFailure);
    expect(failure.message).not.toContain('rc-console');
    expect(failure.cause).toBe(said);
  });

  it('a mistake of an adapter is not taken for the host’s refusal', () => {
    const mistake = new RdpTunnelError('invalid-argument', 'too long');
    expect(negotiationFailure(mistake)).toBe(mistake);
  });
});
