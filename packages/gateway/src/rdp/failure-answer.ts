import { ConsoleError } from '@remote-consoles/core';
import {
  encodeRdCleanPathAnswer,
  parseConnectionConfirm,
  type RdCleanPathAnswer,
  type RdpTunnelError,
  type RdpTunnelErrorCode,
} from '@remote-consoles/rdp-tunnel';
import { ConsoleTimeout } from '../handshake/opening.js';
import { RdpFailure } from './rdp-failure.js';

type Reason = Omit<Extract<RdCleanPathAnswer, { kind: 'general-error' }>, 'kind'>;

/** Winsock's numbers, in which RDCleanPath words what becomes of a connection. */
const CONNECTION_RESET: Reason = { wsaError: 10_054 };
const TIMED_OUT: Reason = { wsaError: 10_060 };

/** TLS alerts (RFC 8446 §6). */
const HANDSHAKE_FAILURE = 40;
const BAD_CERTIFICATE = 42;
const CERTIFICATE_ALERTS: Readonly<Record<string, number>> = {
  CERT_REVOKED: 44,
  CERT_HAS_EXPIRED: 45,
  CERT_NOT_YET_VALID: 45,
  DEPTH_ZERO_SELF_SIGNED_CERT: 48,
  SELF_SIGNED_CERT_IN_CHAIN: 48,
  UNABLE_TO_GET_ISSUER_CERT: 48,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 48,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 48,
};

const BAD_GATEWAY: Reason = { httpStatus: 502 };
const REASONS: Readonly<Partial<Record<RdpTunnelErrorCode, Reason>>> = {
  malformed: {},
  'too-long': {},
  pcb: CONNECTION_RESET,
  tls: CONNECTION_RESET,
  'negotiation-failed': CONNECTION_RESET,
  'credssp-refused': BAD_GATEWAY,
  'credssp-version': BAD_GATEWAY,
  'public-key-mismatch': { tlsAlert: BAD_CERTIFICATE },
};

/** What a step of the negotiation failed with. The server's own words stay in the cause: they are not for the viewer. */
export function negotiationFailure(error: RdpTunnelError): RdpFailure | RdpTunnelError {
  const reason = REASONS[error.code];
  // The rest are mistakes of ours or of the adapter.
  if (!reason) return error;
  const message = `the console did not let the gateway in (${error.code})`;
  return new RdpFailure(error.code, refusalOf(error) ?? { kind: 'general-error', ...reason }, message, error);
}

/** @param error of a TLS handshake that the certificate or the protocol ended; undefined where the server hung up */
export function tlsFailure(error: unknown): RdpFailure | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/^(EPROTO|ERR_SSL_\w+)$/.test(code)) {
    return new RdpFailure(
      'tls-failed',
      { kind: 'general-error', tlsAlert: HANDSHAKE_FAILURE },
      `TLS with the console failed (${code})`,
      error,
    );
  }
  if (!/CERT|SIGNATURE|CRL|HOSTNAME|INVALID_(CA|PURPOSE)/.test(code)) return undefined;
  return certificateFailure(
    `the certificate of the console is not believed (${code})`,
    CERTIFICATE_ALERTS[code],
    error,
  );
}

export function certificateFailure(message: string, tlsAlert = BAD_CERTIFICATE, cause?: unknown): RdpFailure {
  return new RdpFailure('certificate-refused', { kind: 'general-error', tlsAlert }, message, cause);
}

/** The last message to a viewer whose console did not open. */
export function encodeFailure(error: unknown): Uint8Array {
  if (error instanceof RdpFailure) return encodeRdCleanPathAnswer(error.answer);
  const reason =
    error instanceof ConsoleTimeout ? TIMED_OUT : { httpStatus: error instanceof ConsoleError ? 502 : 500 };
  return encodeRdCleanPathAnswer({ kind: 'general-error', ...reason });
}

/** The server's own refusal, which the viewer can read. */
function refusalOf({ code, x224Confirm }: RdpTunnelError): RdCleanPathAnswer | undefined {
  if (code !== 'negotiation-failed' || !x224Confirm) return undefined;
  return parseConnectionConfirm(x224Confirm).kind === 'failed'
    ? { kind: 'negotiation-error', x224ConnectionConfirm: x224Confirm }
    : { kind: 'general-error' };
}
