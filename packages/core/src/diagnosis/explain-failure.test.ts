import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConsoleError, hypervisorUnavailable, serverNotFound, serverStateInvalid } from '../errors.js';
import { explainFailure, printable } from './explain-failure.js';

const systemError = (code: string, message = `connect ${code} 10.0.0.7:5986`) =>
  Object.assign(new Error(message), { code });

describe('explainFailure', () => {
  it.each([
    ['ECONNREFUSED', /nothing listens/],
    ['ETIMEDOUT', /firewall drops/],
    ['ENOTFOUND', /name is unknown/],
    ['EHOSTUNREACH', /route/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /pin the certificate/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /pin the certificate/],
    ['CERT_HAS_EXPIRED', /expired/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /another name/],
  ])('advises on %s, however deep it lies', (code, advice) => {
    const error = hypervisorUnavailable('kvm1', new Error('could not log in', { cause: systemError(code) }));
    expect(explainFailure(error)).toEqual({
      outcome: 'failed',
      detail: `hypervisor kvm1 does not answer; try again later: could not log in: connect ${code} 10.0.0.7:5986`,
      advice: expect.stringMatching(advice),
    });
  });

  it('advises by the code of a domain error where there is no better cause', () => {
    expect(explainFailure(serverStateInvalid('s', 'get_vnc_console', 'vm_state', 'stopped'))).toMatchObject({
      outcome: 'failed',
      advice: expect.stringContaining('start or resume'),
    });
    expect(explainFailure(new ConsoleError('console-type-unavailable', 'x'))).toMatchObject({
      advice: expect.stringContaining('--type'),
    });
  });

  it('says that a server that is not there is absent', () => {
    expect(explainFailure(serverNotFound('s'))).toEqual({
      outcome: 'absent',
      detail: 'Instance s could not be found.',
    });
  });

  it('says each thing once, and the code where there are no words', () => {
    const inner = systemError('ECONNREFUSED', '');
    expect(explainFailure(new Error('no: ECONNREFUSED', { cause: inner })).detail).toBe('no: ECONNREFUSED');
    expect(explainFailure(inner).detail).toBe('ECONNREFUSED');
    const wrapped = new Error('cannot be reached (EPIPE)', { cause: systemError('EPIPE', 'write EPIPE') });
    expect(explainFailure(wrapped).detail).toBe('write EPIPE');
    expect(explainFailure('text').detail).toBe('text');
  });

  it('ends with causes that go round in a circle', () => {
    const error = new Error('round');
    error.cause = error;
    expect(explainFailure(error).detail).toBe('round');
  });

  it('gives one bounded line that no terminal obeys, with advice, for whatever is thrown', () => {
    const character = fc.constantFrom('a', ' ', '\n', '\u0000', '\u001b', '\u009b', '\u202e', '\u2028', '😀');
    const hostile = fc.array(character, { maxLength: 40 }).map((characters) => characters.join(''));
    const code = fc.oneof(fc.string(), fc.constantFrom('constructor', '__proto__', 'CERT_REJECTED'));
    const thrown = fc
      .record({ message: hostile, code })
      .map((parts) => Object.assign(new Error(parts.message.repeat(20)), { code: parts.code }));
    fc.assert(
      fc.property(thrown, (error) => {
        const { outcome, detail, ...more } = explainFailure(error);
        const bare = !/[\p{Cc}\p{Cf}]/u.test(detail) && detail.length <= 300;
        return bare && outcome === 'failed' && 'advice' in more && more.advice.length > 0;
      }),
    );
  });
});

it('printable takes escape sequences and bidirectional marks out', () => {
  expect(printable('a\u001b[2Jb\nc\u202ed')).toBe('a [2Jb c d');
});
