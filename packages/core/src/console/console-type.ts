import { consoleTypeInvalid } from '../errors.js';
import type { Microversion } from './microversion.js';
import { compareMicroversions } from './microversion.js';

/** The protocol a console speaks, in Nova's words and order. */
export const CONSOLE_PROTOCOLS = ['vnc', 'spice', 'serial', 'rdp', 'mks'] as const;
export type ConsoleProtocol = (typeof CONSOLE_PROTOCOLS)[number];

/** The way a client reaches a console, in Nova's words and order. */
export const CONSOLE_TYPES = [
  'novnc',
  'xvpvnc',
  'spice-html5',
  'serial',
  'rdp-html5',
  'webmks',
  'spice-direct',
] as const;
export type ConsoleType = (typeof CONSOLE_TYPES)[number];

interface ConsoleTypeFacts {
  readonly protocol: ConsoleProtocol;
  /** The first microversion of remote-consoles that has this type. */
  readonly since: Microversion;
}

const FACTS: Readonly<Record<ConsoleType, ConsoleTypeFacts>> = {
  novnc: { protocol: 'vnc', since: { major: 2, minor: 6 } },
  xvpvnc: { protocol: 'vnc', since: { major: 2, minor: 6 } },
  'spice-html5': { protocol: 'spice', since: { major: 2, minor: 6 } },
  serial: { protocol: 'serial', since: { major: 2, minor: 6 } },
  'rdp-html5': { protocol: 'rdp', since: { major: 2, minor: 6 } },
  webmks: { protocol: 'mks', since: { major: 2, minor: 8 } },
  'spice-direct': { protocol: 'spice', since: { major: 2, minor: 99 } },
};

export function isConsoleProtocol(text: string): text is ConsoleProtocol {
  return (CONSOLE_PROTOCOLS as readonly string[]).includes(text);
}

export function isConsoleType(text: string): text is ConsoleType {
  return (CONSOLE_TYPES as readonly string[]).includes(text);
}

/** The one protocol that a type belongs to. */
export function protocolOf(type: ConsoleType): ConsoleProtocol {
  return FACTS[type].protocol;
}

/** The console types that exist at a microversion (Nova 2.6, 2.8 and 2.99 change the list). */
export function consoleTypesAt(version: Microversion): readonly ConsoleType[] {
  return CONSOLE_TYPES.filter((type) => compareMicroversions(FACTS[type].since, version) <= 0);
}

/** The protocols that exist at a microversion. */
export function consoleProtocolsAt(version: Microversion): readonly ConsoleProtocol[] {
  const types = consoleTypesAt(version);
  return CONSOLE_PROTOCOLS.filter((protocol) => types.some((type) => protocolOf(type) === protocol));
}

/**
 * Accepts a protocol and a type that belong together.
 *
 * Nova lets `serial` pass with any type and then returns a URL that opens nothing; here every mismatch is refused.
 *
 * @throws ConsoleError `console-type-invalid`
 */
export function assertConsolePair(protocol: ConsoleProtocol, type: ConsoleType): void {
  if (protocolOf(type) !== protocol) throw consoleTypeInvalid(type);
}
