import { derElement, derInteger, derSequence } from '../src/der.js';
import { encodeTpkt } from '../src/tpkt.js';

/** The block in which a client says who it is (MS-RDPBCGR §2.2.1.3.2), 216 bytes. */
export function coreData(serverSelectedProtocol: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(216));
  view.setUint16(0, 0xc001, true);
  view.setUint16(2, 216, true);
  view.setUint32(4, 0x0008_0004, true);
  view.setUint16(8, 1024, true);
  view.setUint16(10, 768, true);
  view.setUint16(12, 0xca01, true);
  view.setUint16(14, 0xaa03, true);
  view.setUint32(16, 0x409, true);
  view.setUint32(20, 2600, true);
  view.setUint16(24, 'c'.charCodeAt(0), true); // client name
  view.setUint32(56, 4, true);
  view.setUint32(64, 12, true);
  view.setUint16(132, 0xca01, true);
  view.setUint16(134, 1, true);
  view.setUint16(140, 16, true);
  view.setUint16(142, 7, true);
  view.setUint16(144, 1, true);
  view.setUint32(212, serverSelectedProtocol, true);
  return new Uint8Array(view.buffer);
}

/** No encryption of RDP's own, no virtual channels. */
export const securityData = Uint8Array.of(2, 0xc0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0);
export const networkData = Uint8Array.of(3, 0xc0, 8, 0, 0, 0, 0, 0);

/** A client's MCS Connect-Initial with these blocks of client data (MS-RDPBCGR §2.2.1.3). */
export function mcsConnectInitial(...blocks: readonly Uint8Array[]): Uint8Array {
  const data = blocks.flatMap((block) => [...block]);
  const request = [
    0x00,
    0x08,
    0x00,
    0x10,
    0x00,
    0x01,
    0xc0,
    0x00,
    ...Buffer.from('Duca'),
    ...perLength(data),
    ...data,
  ];
  const gcc = Uint8Array.of(0x00, 0x05, 0x00, 0x14, 0x7c, 0x00, 0x01, ...perLength(request), ...request);
  const message = derElement(
    0x65,
    derElement(0x04, Uint8Array.of(1)),
    derElement(0x04, Uint8Array.of(1)),
    derElement(0x01, Uint8Array.of(0xff)),
    domainParameters(34, 2, 0, 1, 0, 1, 65_535, 2),
    domainParameters(1, 1, 1, 1, 0, 1, 1056, 2),
    domainParameters(65_535, 64_535, 65_535, 1, 0, 1, 65_535, 2),
    derElement(0x04, gcc),
  );
  return encodeTpkt(Uint8Array.of(2, 0xf0, 0x80, 0x7f, ...message));
}

const domainParameters = (...values: readonly number[]): Uint8Array => derSequence(...values.map(derInteger));

const perLength = ({ length }: readonly number[]): readonly number[] => [0x80 | (length >> 8), length & 0xff];
