import type { ConsoleConnection, Secret, TlsTrust } from '@remote-consoles/core';
import type { Guid } from '../inventory/guid.js';

/** The listener of consoles on a host, and who may connect to it. */
export interface ConsoleListener {
  readonly host: string;
  readonly port: number;
  readonly trust: TlsTrust;
  readonly account: { readonly user: string; readonly domain: string; readonly password: Secret };
  readonly enhancedSession: boolean;
}

/**
 * A VM's console: its host's listener, which is told the VM's GUID before anything else. Connect info is as in Nova's
 * driver for Hyper-V: the host, the port of the listener, and the GUID as the internal access path.
 */
export function rdpConnection(serverId: string, guid: Guid, listener: ConsoleListener): ConsoleConnection {
  const { host, port, trust, account, enhancedSession } = listener;
  return {
    serverId,
    type: 'rdp-html5',
    transport: { kind: 'tcp', host, port },
    security: {
      kind: 'rdp',
      mode: 'vmconnect',
      tls: { trust },
      preconnectionBlob: enhancedSession ? `${guid};EnhancedMode=1` : guid,
      account: {
        user: account.user,
        password: account.password,
        ...(account.domain !== '' && { domain: account.domain }),
      },
    },
    connectInfo: { host, port, tlsPort: null, internalAccessPath: guid },
  };
}
