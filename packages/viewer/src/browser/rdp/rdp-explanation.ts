import {
  type Explanation,
  explainConsoleRefusal,
  explainProtocolFailure,
  explainRefusal,
} from '../session/explanation.js';
import { ended, failed, NEW_URL, type Sentence, withDetails } from '../session/sentence.js';
import type { RdpFailure } from './rdp-ending.js';

/** What the gateway means by an HTTP status inside RDCleanPath, where it is not what every page means by it. */
const STATUSES: Readonly<Record<number, Sentence>> = {
  404: failed('The machine does not exist any more.', 'Its console is gone with it.', 'ask-again'),
  409: failed('The machine is not running.', 'Start it, then ask for a new console URL.'),
  410: failed('This console URL has expired.', NEW_URL, 'ask-again'),
  502: failed(
    'The host of this machine refused the gateway’s login.',
    'Tell your operator: the account that the gateway has for the host may be wrong, or may not open this console.',
  ),
};

const UNREACHABLE = failed(
  'The host of this machine cannot be reached.',
  'Connect again in a moment. If it stays, tell your operator.',
);
const SILENT = failed(
  'The host of this machine does not answer.',
  'Connect again in a moment. If it stays, tell your operator.',
);

/** Winsock's numbers, whatever the gateway runs on. */
const WSA_ERRORS: Readonly<Record<number, Sentence>> = {
  10051: UNREACHABLE,
  10054: failed(
    'The host of this machine hung up.',
    'Connect again in a moment. If it stays, tell your operator.',
  ),
  10060: SILENT,
  10061: failed(
    'The host of this machine refused the connection.',
    'The machine may be restarting. Connect again in a moment.',
  ),
  10065: UNREACHABLE,
  11001: UNREACHABLE,
};

/** TLS alerts about the certificate (RFC 8446 §6). */
const CERTIFICATE_ALERTS = new Set([41, 42, 43, 44, 45, 46, 48]);
const WRONG_CERTIFICATE = failed(
  'The host of this machine may not be the one it should be.',
  'Its certificate is not the one that the gateway expects, so the gateway did not connect. Tell your operator.',
);
const NO_TLS = failed(
  'The gateway and the host of this machine could not agree on a secure connection.',
  'Tell your operator.',
);

/** Explains a session that did not come about, or broke. */
export function explainRdpFailure(failure: RdpFailure): Explanation {
  switch (failure.kind) {
    case 'rdcleanpath':
      return explainRdCleanPath(failure);
    case 'negotiation':
    case 'login':
      return explainConsoleRefusal(failure.said);
    case 'general':
    case 'not-connected':
      return explainProtocolFailure(failure.said);
  }
}

function explainRdCleanPath({ said, httpStatus, wsaError, tlsAlert }: RdpFailure): Explanation {
  if (httpStatus !== undefined) {
    const sentence = STATUSES[httpStatus];
    return sentence === undefined
      ? explainRefusal({ status: httpStatus })
      : withDetails(sentence, [`HTTP status ${httpStatus}`]);
  }
  if (wsaError !== undefined)
    return withDetails(WSA_ERRORS[wsaError] ?? UNREACHABLE, [`WSA error ${wsaError}`]);
  if (tlsAlert !== undefined) {
    const sentence = CERTIFICATE_ALERTS.has(tlsAlert) ? WRONG_CERTIFICATE : NO_TLS;
    return withDetails(sentence, [`TLS alert ${tlsAlert}`]);
  }
  return explainConsoleRefusal(said);
}

/** Explains a session that the machine ended in order: a log-off, a restart, an administrator. */
export function explainSessionEnd(reason: string): Explanation {
  return withDetails(
    ended('The machine ended the session.', 'Connect again if you still need it.', 'reconnect'),
    [reason],
  );
}

/** Explains a browser that cannot run the page's client. */
export const NO_WEBASSEMBLY: Explanation = failed(
  'This browser cannot show an RDP console.',
  'It has no WebAssembly, or that is switched off. Try another browser.',
);
