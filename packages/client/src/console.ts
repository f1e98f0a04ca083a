import { type Json, member, numberAt, object, textAt } from './json.js';

export type ConsoleProtocol = 'vnc' | 'spice' | 'serial' | 'rdp' | 'mks';

/** Every console type of the API. */
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

/** Whoever holds `url` gets the console until its token expires. */
export interface RemoteConsole {
  readonly protocol: ConsoleProtocol;
  readonly type: ConsoleType;
  readonly url: string;
}

/** Where a console token leads. */
export interface ConnectInfo {
  readonly serverId: string;
  readonly host: string;
  readonly port: number;
  /** Only for spice-direct. */
  readonly tlsPort?: number;
  readonly internalAccessPath?: string;
}

/** The protocol of a console type, and the first microversion that has it: the oldest that does is asked for. */
export const CONSOLE_FACTS: Readonly<
  Record<ConsoleType, { readonly protocol: ConsoleProtocol; readonly since: string }>
> = {
  novnc: { protocol: 'vnc', since: '2.6' },
  xvpvnc: { protocol: 'vnc', since: '2.6' },
  'spice-html5': { protocol: 'spice', since: '2.6' },
  serial: { protocol: 'serial', since: '2.6' },
  'rdp-html5': { protocol: 'rdp', since: '2.6' },
  webmks: { protocol: 'mks', since: '2.8' },
  'spice-direct': { protocol: 'spice', since: '2.99' },
};

/** @param answer the body of a 200 to the question for a console of this type */
export function readRemoteConsole(answer: Json, type: ConsoleType): RemoteConsole {
  const url = textAt(object(member(object(answer), 'remote_console')), 'url');
  return { protocol: CONSOLE_FACTS[type].protocol, type, url };
}

export function readConnectInfo(answer: Json): ConnectInfo {
  const console = object(member(object(answer), 'console'));
  const tlsPort = console['tls_port'] ?? undefined;
  const path = console['internal_access_path'] ?? undefined;
  return {
    serverId: textAt(console, 'instance_uuid'),
    host: textAt(console, 'host'),
    port: numberAt(console, 'port'),
    ...(tlsPort !== undefined && { tlsPort: numberAt(console, 'tls_port') }),
    ...(path !== undefined && { internalAccessPath: textAt(console, 'internal_access_path') }),
  };
}
