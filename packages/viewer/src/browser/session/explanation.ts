import { type Explanation, ended, failed, NEW_URL, type Sentence, withDetails } from './sentence.js';

export type { Explanation } from './sentence.js';

/** Close codes of the gateway's WebSocket: RFC 6455 §7.4.1 below 4000, the gateway's own from 4000. */
const CLOSE_CODES: Readonly<Record<number, Sentence>> = {
  1000: ended('The console was closed.', 'Connect again if you still need it.', 'reconnect'),
  1001: ended('The gateway is restarting.', 'This page connects again by itself.', 'retry'),
  1005: ended('The console was closed.', 'Connect again if you still need it.', 'reconnect'),
  1002: failed(
    'The console did not open as it should.',
    'Connect again. If it comes back, tell your operator.',
  ),
  1006: failed(
    'The connection was lost.',
    'Check your network. This page connects again by itself.',
    'retry',
  ),
  1008: failed('The gateway closed the console because of its rules.', NEW_URL, 'ask-again'),
  1009: failed('A message was too large for the gateway.', 'Connect again; send less at once.'),
  1011: failed('The gateway had an internal error.', 'Connect again. If it comes back, tell your operator.'),
  1012: ended('The gateway is restarting.', 'This page connects again by itself.', 'retry'),
  1013: ended('The gateway is busy.', 'This page connects again by itself.', 'retry'),
  4001: ended('The machine stopped running.', 'Start it, then ask for a new console URL.'),
  4002: ended('The machine was deleted.', 'Its console is gone with it.'),
  4003: ended('The machine moved to another host.', NEW_URL),
  4004: ended('An operator ended this console.', 'Ask your operator, then ask for a new console URL.'),
  4005: ended('The time for this console is over.', NEW_URL),
  4006: ended(
    'The console was closed because nobody used it.',
    'Connect again if you still need it.',
    'reconnect',
  ),
  4010: failed('The machine closed its console.', 'It may be restarting. Connect again in a moment.'),
};

/** Codes in the gateway's JSON error body; the words of the domain's own errors. */
const REFUSALS: Readonly<Record<string, Sentence>> = {
  unauthenticated: failed('This console URL is not valid any more.', NEW_URL, 'ask-again'),
  'token-invalid': failed('This console URL has expired or is not valid.', NEW_URL, 'ask-again'),
  'token-not-found': failed('This console URL has expired or is not valid.', NEW_URL, 'ask-again'),
  'token-spent': failed('This console URL was for one use and has been used.', NEW_URL, 'ask-again'),
  forbidden: failed(
    'You may not open this console from here.',
    'Ask your operator, then ask for a new console URL.',
    'ask-again',
  ),
  'origin-not-allowed': failed(
    'The gateway does not accept connections from this address.',
    'Open the console at the address that its URL had, or ask your operator to allow this one.',
  ),
  'server-not-found': failed(
    'The machine does not exist any more.',
    'Its console is gone with it.',
    'ask-again',
  ),
  'server-not-ready': failed('The machine is not ready yet.', 'Wait until it runs, then connect again.'),
  'server-state-invalid': failed('The machine is not running.', 'Start it, then ask for a new console URL.'),
  'console-type-invalid': failed(
    'The machine has no console of this kind.',
    'Ask for another kind of console.',
    'ask-again',
  ),
  'console-type-unavailable': failed(
    'The machine has no console of this kind.',
    'Ask for another kind of console.',
    'ask-again',
  ),
  'console-not-implemented': failed(
    'The machine has no console of this kind.',
    'Ask for another kind of console.',
    'ask-again',
  ),
  'gateway-draining': ended('The gateway is restarting.', 'This page connects again by itself.', 'retry'),
  'limit-exceeded': failed(
    'Too many consoles are open.',
    'Close one that you do not need, then connect again.',
  ),
  'rate-limited': failed(
    'Too many console URLs that are not valid came from your address.',
    'Wait a minute, then connect again.',
  ),
  'hypervisor-unavailable': failed(
    'The host of this machine does not answer.',
    'Connect again in a moment. If it stays, tell your operator.',
  ),
  'console-unreachable': failed(
    'The console of this machine cannot be reached.',
    'The machine may be restarting. Connect again in a moment.',
  ),
  'console-refused': failed(
    'The machine refused the console.',
    'Connect again in a moment. If it stays, tell your operator.',
  ),
  'identity-unavailable': failed(
    'The gateway cannot check who you are right now.',
    'Connect again in a moment.',
  ),
  'token-store-unavailable': failed(
    'The gateway cannot check this console URL right now.',
    'Connect again in a moment.',
  ),
};

/** For an answer without a code that is known here, such as a proxy's. */
const STATUSES: Readonly<Record<number, Sentence>> = {
  400: failed('The gateway did not understand this console URL.', NEW_URL, 'ask-again'),
  401: failed('This console URL has expired or is not valid.', NEW_URL, 'ask-again'),
  403: failed('You may not open this console from here.', NEW_URL, 'ask-again'),
  404: failed('There is no such console.', NEW_URL, 'ask-again'),
  409: failed('The machine is not ready for a console.', 'Wait until it runs, then connect again.'),
  410: failed('This console is gone.', NEW_URL, 'ask-again'),
  // The gateway's answer to a plain GET with a good token: what failed lies behind it, or between it and this page.
  426: failed(
    'The console did not open.',
    'The machine’s console may not answer, or a proxy on the way may not let WebSockets through. Connect again in a moment. If it stays, tell your operator.',
  ),
  429: failed('Too many consoles are open.', 'Close one that you do not need, then connect again.'),
  500: failed('The gateway had an internal error.', 'Connect again. If it comes back, tell your operator.'),
  501: failed('The machine has no console of this kind.', 'Ask for another kind of console.', 'ask-again'),
  502: failed(
    'The console of this machine cannot be reached.',
    'Connect again in a moment. If it stays, tell your operator.',
  ),
  503: failed('The gateway is not available right now.', 'This page connects again by itself.', 'retry'),
  504: failed(
    'The host of this machine does not answer.',
    'Connect again in a moment. If it stays, tell your operator.',
  ),
};

/** An opened socket was closed. */
export function explainClose(code: number, reason: string): Explanation {
  const sentence =
    CLOSE_CODES[code] ?? failed('The console was closed.', 'Connect again if you still need it.');
  return withDetails(sentence, [reason, `code ${code}`]);
}

/** What the gateway answered to the question why the socket did not open. */
export interface RefusalAnswer {
  readonly status: number;
  readonly code?: string;
  readonly message?: string;
  readonly requestId?: string;
}

/** The gateway refused the socket. */
export function explainRefusal({ status, code, message, requestId }: RefusalAnswer): Explanation {
  const known = code !== undefined && Object.hasOwn(REFUSALS, code) ? REFUSALS[code] : undefined;
  const sentence =
    known ?? STATUSES[status] ?? failed('The gateway refused the console.', 'Connect again in a moment.');
  // A 426 tells a program to come with a WebSocket, and a person nothing.
  const said = status === 426 ? [] : [message, [status, code].filter((part) => part !== undefined).join(' ')];
  return withDetails(sentence, [...said, requestId]);
}

/** The protocol inside the socket broke. */
export function explainProtocolFailure(detail: string): Explanation {
  return withDetails(
    failed(
      'The machine sent something that this page does not understand.',
      'Connect again. If it comes back, tell your operator.',
    ),
    [detail],
  );
}

/** The machine or the gateway refused inside the protocol, with the machine's own words. */
export function explainConsoleRefusal(reason: string): Explanation {
  return withDetails(
    failed('The machine refused the console.', 'Connect again in a moment. If it stays, tell your operator.'),
    [reason],
  );
}

export const GATEWAY_UNREACHABLE: Explanation = failed(
  'The gateway does not answer.',
  'Check your network. This page tries again by itself.',
  'retry',
);

export const OFFLINE: Explanation = failed(
  'Your computer is offline.',
  'Connect it to the network. This page tries again by itself.',
  'retry',
);

export const TOO_SLOW: Explanation = failed(
  'The console took too long to open.',
  'The machine or its host may be busy. Connect again in a moment.',
);

export const NO_TOKEN: Explanation = failed(
  'This address opens no console.',
  'The key to a console works only in the tab that it was opened in. Ask for a new console URL.',
  'ask-again',
);

export const CLOSED_BY_USER: Explanation = ended(
  'You closed the console.',
  'The machine keeps running. Connect again when you need it.',
  'reconnect',
);
