import type { Ending } from '../session/console-session.js';
import { explainRdpFailure, explainSessionEnd } from './rdp-explanation.js';

/** Why an RDP session did not come about or broke, as the library has it. */
export interface RdpFailure {
  readonly kind: 'general' | 'login' | 'rdcleanpath' | 'not-connected' | 'negotiation';
  /** The library's own words; may be empty. */
  readonly said: string;
  /** What the gateway answered in RDCleanPath; at most one of the three. */
  readonly httpStatus: number | undefined;
  readonly wsaError: number | undefined;
  readonly tlsAlert: number | undefined;
}

/** The library's word on the end of a session. */
export type LibraryWord =
  | {
      readonly kind: 'failed';
      readonly failure: RdpFailure;
      /** Whether the socket was open still: then the library ended the session, and the socket's end is its doing. */
      readonly first: boolean;
    }
  /** In order, by the machine. */
  | { readonly kind: 'ended'; readonly reason: string };

/**
 * How a session ended, from what the library and the socket say of it; each of them may be missing.
 *
 * An answer in RDCleanPath says most, then a close code with which the gateway says why, then the one of the two that was
 * first.
 */
export function rdpEnding(word: LibraryWord | undefined, socket: Ending | undefined): Ending {
  if (word?.kind === 'failed' && word.failure.kind === 'not-connected') return { kind: 'never-opened' };
  if (word?.kind === 'failed' && word.failure.kind !== 'general')
    return { kind: 'broken', explanation: explainRdpFailure(word.failure) };
  if (socket !== undefined && saysWhy(socket)) return socket;
  switch (word?.kind) {
    case 'ended':
      return { kind: 'broken', explanation: explainSessionEnd(word.reason) };
    case 'failed':
      return socket === undefined || word.first
        ? { kind: 'broken', explanation: explainRdpFailure(word.failure) }
        : socket;
    case undefined:
      return socket ?? { kind: 'closed', code: 1005, reason: '' };
  }
}

// What the gateway closes with when the machine hung up or the library did, and what is seen when nobody says anything.
const SAYS_LITTLE = new Set([1000, 1005, 4010]);

function saysWhy(socket: Ending): boolean {
  return socket.kind !== 'closed' || !SAYS_LITTLE.has(socket.code);
}
