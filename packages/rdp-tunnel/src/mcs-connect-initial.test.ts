import { describe, expect, it } from 'vitest';
import { coreData, mcsConnectInitial, networkData, securityData } from '../test/mcs-connect-initial-pdu.js';
import { fuzz, splits } from '../test/reads-or-refuses.js';
import { McsConnectInitialRewriter } from './mcs-connect-initial.js';

const code = (wanted: string) => expect.objectContaining({ name: 'RdpTunnelError', code: wanted });
const pdu = (protocol: number): Uint8Array =>
  mcsConnectInitial(coreData(protocol), securityData, networkData);

function rewrite(pieces: readonly Uint8Array[]): Uint8Array {
  const rewriter = new McsConnectInitialRewriter(2);
  return Uint8Array.from(pieces.flatMap((piece) => [...rewriter.push(piece)]));
}

describe('the rewriting of the MCS Connect-Initial', () => {
  it('changes the selected protocol and nothing else', () => {
    expect(rewrite([pdu(1)])).toEqual(pdu(2));
  });

  it('finds the core data behind other blocks', () => {
    const turned = (protocol: number) => mcsConnectInitial(securityData, networkData, coreData(protocol));
    expect(rewrite([turned(1)])).toEqual(turned(2));
  });

  it('does so however the bytes are cut, and passes on what follows', () => {
    const following = Uint8Array.of(3, 0, 0, 12, 2, 0xf0, 0x80, 4, 1, 0, 1, 0);
    const expected = Uint8Array.of(...pdu(2), ...following);
    for (const pieces of splits(Uint8Array.of(...pdu(1), ...following)))
      expect(rewrite(pieces)).toEqual(expected);
  });

  it('sends nothing on before the whole message is there, and does not touch the caller’s bytes', () => {
    const rewriter = new McsConnectInitialRewriter(2);
    const original = pdu(1);
    expect(rewriter.push(original.subarray(0, -1))).toHaveLength(0);
    expect(rewriter.done).toBe(false);
    expect(rewriter.push(original.subarray(-1))).toEqual(pdu(2));
    expect(rewriter.done).toBe(true);
    expect(original).toEqual(pdu(1));
    const later = Uint8Array.of(9);
    expect(rewriter.push(later)).toBe(later);
  });

  it.each<[string, Uint8Array]>([
    ['not a TPKT', Uint8Array.of(0x16, 3, 1, 0)],
    ['no X.224 data', Uint8Array.of(3, 0, 0, 8, 2, 0xe0, 0x80, 0x7f)],
    ['no Connect-Initial', Uint8Array.of(3, 0, 0, 9, 2, 0xf0, 0x80, 0x7f, 0x66)],
    ['no core data', mcsConnectInitial(securityData)],
    ['core data that ends before the field', mcsConnectInitial(shortCoreData(212))],
    ['a block longer than all', mcsConnectInitial(Uint8Array.of(1, 0xc0, 0xff, 0xff))],
    ['a block of no length', mcsConnectInitial(Uint8Array.of(9, 0xc0, 0, 0), coreData(1))],
  ])('refuses %s', (_name, bytes) => {
    expect(() => rewrite([bytes])).toThrow(code('malformed'));
  });

  it('refuses a message above 16 KiB by its head', () => {
    expect(() => rewrite([Uint8Array.of(3, 0, 0x40, 1)])).toThrow(code('too-long'));
  });

  it('stands hostile bytes', () => fuzz((bytes) => rewrite([bytes]), pdu(1)));
});

function shortCoreData(length: number): Uint8Array {
  const block = coreData(1).slice(0, length);
  new DataView(block.buffer).setUint16(2, length, true);
  return block;
}
