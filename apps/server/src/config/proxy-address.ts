import { BlockList, isIP, isIPv4 } from 'node:net';

/** The addresses that begin with the same bits. */
export interface Network {
  readonly address: string;
  readonly prefix: number;
}

/** Parses an IP address or a network such as `10.0.0.0/8`; undefined where the text is neither. */
export function parseNetwork(text: string): Network | undefined {
  const [, address = '', length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  if (isIP(address) === 0) return undefined;
  const bits = isIPv4(address) ? 32 : 128;
  const prefix = length === undefined ? bits : Number(length);
  return prefix > bits ? undefined : { address, prefix };
}

/** Whether an address is in one of the networks; IPv4 on an IPv6 socket is IPv4. Anything but an address is not. */
export function addressFilter(networks: readonly Network[]): (address: string) => boolean {
  const list = new BlockList();
  for (const { address, prefix } of networks) list.addSubnet(address, prefix, familyOf(address));
  return (address) => isIP(address) !== 0 && list.check(address, familyOf(address));
}

const familyOf = (address: string) => (isIPv4(address) ? 'ipv4' : 'ipv6');
