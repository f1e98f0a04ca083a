import { describe, expect, it } from 'vitest';
import type { Ending } from '../session/console-session.js';
import { type LibraryWord, type RdpFailure, rdpEnding } from './rdp-ending.js';

const closed = (code: number, reason = ''): Ending => ({ kind: 'closed', code, reason });

function failed(failure: Partial<RdpFailure>, first = true): LibraryWord {
  const rest = { said: '', httpStatus: undefined, wsaError: undefined, tlsAlert: undefined };
  return { kind: 'failed', failure: { kind: 'general', ...rest, ...failure }, first };
}

const title = (ending: Ending): string | undefined =>
  ending.kind === 'broken' ? ending.explanation.title : undefined;

describe('the end of an RDP session', () => {
  it('is what RDCleanPath says, whatever the socket says', () => {
    const word = failed({ kind: 'rdcleanpath', httpStatus: 409 }, false);
    expect(title(rdpEnding(word, closed(1008, 'refused')))).toBe('The machine is not running.');
  });

  it('is the gateway’s reason before the library’s surprise at it', () => {
    const idle = closed(4006, 'idle');
    expect(rdpEnding(failed({ said: 'connection reset' }), idle)).toBe(idle);
    expect(rdpEnding({ kind: 'ended', reason: 'server disconnect' }, idle)).toBe(idle);
  });

  it('is the library’s reason where the socket was closed because of it', () => {
    const ending = rdpEnding(failed({ said: 'not an MCS PDU' }), closed(1005));
    expect(ending).toMatchObject({ kind: 'broken', explanation: { details: ['not an MCS PDU'] } });
  });

  it('is the socket’s where that was first', () => {
    const hungUp = closed(4010, 'hung up');
    expect(rdpEnding(failed({ said: 'end of file' }, false), hungUp)).toBe(hungUp);
  });

  it('is in order where the machine ended the session', () => {
    const ending = rdpEnding({ kind: 'ended', reason: 'logged off' }, closed(4010));
    expect(ending).toMatchObject({
      kind: 'broken',
      explanation: { title: 'The machine ended the session.', tone: 'ended', details: ['logged off'] },
    });
  });

  it('sends the page to ask why a socket never opened', () => {
    const never: Ending = { kind: 'never-opened' };
    expect(rdpEnding(failed({ kind: 'not-connected' }), undefined)).toEqual(never);
    expect(rdpEnding(failed({}, false), never)).toBe(never);
  });

  it('is a closed console where nobody says anything', () => {
    expect(rdpEnding(undefined, undefined)).toEqual(closed(1005));
  });
});
