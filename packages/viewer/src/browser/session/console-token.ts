import { addressWithoutToken, readPageAddress } from './page-address.js';

/** The parts of `window` that hold the address. */
export interface AddressBar {
  readonly location: Pick<Location, 'href'>;
  readonly history: Pick<History, 'state' | 'replaceState'>;
}

/**
 * Takes the token off the address bar and returns it.
 *
 * It moves to the state of this one history entry. That survives a reload, as the address did, but is in no address
 * that a person copies, bookmarks or shares, in no other tab, and out of reach of other pages of the same origin,
 * which could read `sessionStorage`. A one-time token that was already used is then refused by the gateway, with its reason.
 */
export function takeConsoleToken(bar: AddressBar): string | undefined {
  const page = new URL(bar.location.href);
  const token = readPageAddress(page).token ?? keptToken(bar.history.state);
  bar.history.replaceState(
    token === undefined ? null : { consoleToken: token },
    '',
    addressWithoutToken(page),
  );
  return token;
}

function keptToken(state: unknown): string | undefined {
  if (typeof state !== 'object' || state === null || !('consoleToken' in state)) return undefined;
  return typeof state.consoleToken === 'string' ? state.consoleToken : undefined;
}
