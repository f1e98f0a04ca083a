import { CONSOLE_TYPES, type ConsoleOffer, ConsoleOffers, type ConsoleType } from '@remote-consoles/core';
import type { Config } from './config-schema.js';
import { formatListenAddress, type ListenAddress } from './listen-address.js';
import { type Role, rolesOf } from './role.js';

/** Where a gateway serves each type, below its public URL. */
const PATHS: Readonly<Record<ConsoleType, string>> = {
  novnc: '/vnc_lite.html',
  xvpvnc: '/console',
  'spice-html5': '/spice_auto.html',
  serial: '/',
  'rdp-html5': '/rdp.html',
  webmks: '/mks.html',
  'spice-direct': '/spice-direct',
};

/** What clients of the API call us. */
export function publicUrl(config: Config): string {
  return config.publicUrl ?? listenerUrl(config, 'api');
}

/** What browsers call the gateways, ours or those of other processes. */
export function gatewayUrl(config: Config): string {
  return config.gateway.publicUrl ?? config.publicUrl ?? listenerUrl(config, 'gateway');
}

function listenerUrl(config: Config, role: Role): string {
  const { listen } = config;
  const listener = listen.find((one) => rolesOf(config, one).includes(role)) ?? listen[0];
  if (!listener) throw new Error('a configuration has a listener');
  return `${listener.tls ? 'https' : 'http'}://${formatListenAddress(reachable(listener.address))}`;
}

/** All addresses listen, but none of them can be called by that name. */
function reachable({ host, port }: ListenAddress): ListenAddress {
  if (host === '::') return { host: '::1', port };
  return { host: host === '0.0.0.0' ? '127.0.0.1' : host, port };
}

/** The console types that are switched on (all of them unless set to false), with their base URLs. */
export function consoleOffers(config: Config): ConsoleOffers {
  return new ConsoleOffers(CONSOLE_TYPES.flatMap((type) => consoleOffer(config, type)));
}

function consoleOffer(config: Config, type: ConsoleType): ConsoleOffer[] {
  const setting = config.consoles[type] ?? true;
  if (setting === false) return [];
  if (setting !== true) return [{ type, baseUrl: setting.baseUrl }];
  const base = gatewayUrl(config) + PATHS[type];
  return [{ type, baseUrl: type === 'serial' ? base.replace(/^http/, 'ws') : base }];
}
