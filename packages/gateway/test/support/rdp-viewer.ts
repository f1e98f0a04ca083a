import {
  encodeConnectionRequest,
  encodeRdCleanPathRequest,
  parseRdCleanPathAnswer,
  type RdCleanPathAnswer,
  type RdCleanPathRequest,
} from '@remote-consoles/rdp-tunnel';
import {
  coreData,
  mcsConnectInitial,
  networkData,
  securityData,
} from '../../../rdp-tunnel/test/mcs-connect-initial-pdu.js';
import type { Viewer } from './viewers.js';

/** What IronRDP asks with when the gateway logs in. */
export function rdpRequest(changes: Partial<RdCleanPathRequest> = {}): Uint8Array {
  return encodeRdCleanPathRequest({
    destination: 'evil.example:3389',
    proxyAuth: 'not-a-token',
    preconnectionBlob: 'another-vm',
    x224ConnectionRequest: encodeConnectionRequest({
      requestedProtocols: 1,
      flags: 0,
      cookie: 'Cookie: mstshash=u',
    }),
    ...changes,
  });
}

/** The viewer's first RDP message: it was told SSL. */
export const connectInitial = mcsConnectInitial(coreData(1), securityData, networkData);

/** The gateway's answer, which is one WebSocket message. */
export async function readAnswer({ reader }: Pick<Viewer, 'reader'>): Promise<RdCleanPathAnswer> {
  const head = await reader.read(2);
  const long = (head[1] ?? 0) - 0x80;
  const rest = long > 0 ? await reader.read(long) : Buffer.alloc(0);
  const length = long > 0 ? rest.readUIntBE(0, long) : (head[1] ?? 0);
  return parseRdCleanPathAnswer(Buffer.concat([head, rest, await reader.read(length)]));
}
