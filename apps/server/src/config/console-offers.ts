import { CONSOLE_TYPES, type ConsoleOffer, ConsoleOffers, type ConsoleType } from '@remote-consoles/core';
import type { Config } from './config-schema.js';
import { formatListenAddress } from './listen-address.js';

/** Where this gateway itself serves each type, below the public URL. */
const PATHS: Readonly<Record<ConsoleType, string>> = {
  novnc: '/vnc_lite.html',
  xvpvnc: '/console',
  'spice-html5': '/spice_auto.html',
  serial: '/',
  'rdp-html5': '/rdp.html',
  webmks: '/mks.html',
  'spice-direct': '/spice-direct',
};

/** The URL that browsers and API clients use for this process. */
export function publicUrl(config: Config): string {
  return config.publicUrl ?? `http://${formatListenAddress(reachable(config.listen))}`;
}

/** All addresses listen, but none of them can be called by that name. */
function reachable({ host, port }: Config['listen']): Config['listen'] {
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
  const base = publicUrl(config) + PATHS[type];
  return [{ type, baseUrl: type === 'serial' ? base.replace(/^http/, 'ws') : base }];
}
