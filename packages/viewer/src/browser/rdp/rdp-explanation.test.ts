import { describe, expect, it } from 'vitest';
import type { RdpFailure } from './rdp-ending.js';
import { explainRdpFailure } from './rdp-explanation.js';

const answer = (codes: Partial<RdpFailure>): RdpFailure => ({
  kind: 'rdcleanpath',
  said: 'the library’s words',
  httpStatus: undefined,
  wsaError: undefined,
  tlsAlert: undefined,
  ...codes,
});

describe('a code in RDCleanPath', () => {
  it.each([
    [{ httpStatus: 401 }, 'expired or is not valid', 'ask-again'],
    [{ httpStatus: 404 }, 'does not exist', 'ask-again'],
    [{ httpStatus: 409 }, 'not running', 'reconnect'],
    [{ httpStatus: 502 }, 'refused the gateway’s login', 'reconnect'],
    [{ httpStatus: 503 }, 'not available', 'retry'],
    [{ wsaError: 10_060 }, 'does not answer', 'reconnect'],
    [{ wsaError: 10_061 }, 'refused the connection', 'reconnect'],
    [{ wsaError: 10_065 }, 'cannot be reached', 'reconnect'],
    [{ wsaError: 1 }, 'cannot be reached', 'reconnect'],
    [{ tlsAlert: 42 }, 'may not be the one', 'reconnect'],
    [{ tlsAlert: 40 }, 'secure connection', 'reconnect'],
    [{}, 'refused the console', 'reconnect'],
  ])('%j has its sentence', (codes, words, next) => {
    const explanation = explainRdpFailure(answer(codes));
    expect(explanation.title).toContain(words);
    expect(explanation.next).toBe(next);
  });

  it('is shown to whom it helps', () => {
    expect(explainRdpFailure(answer({ wsaError: 10_061 })).details).toEqual(['WSA error 10061']);
    expect(explainRdpFailure(answer({ tlsAlert: 42 })).details).toEqual(['TLS alert 42']);
  });
});
