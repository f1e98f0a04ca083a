import { describe, expect, it } from 'vitest';
import {
  assertConsolePair,
  CONSOLE_PROTOCOLS,
  CONSOLE_TYPES,
  consoleProtocolsAt,
  consoleTypesAt,
  isConsoleProtocol,
  isConsoleType,
  protocolOf,
} from './console-type.js';

const at = (minor: number) => ({ major: 2, minor });
const SIX = ['novnc', 'xvpvnc', 'spice-html5', 'serial', 'rdp-html5'];
const VALID_PAIRS = [
  'vnc+novnc',
  'vnc+xvpvnc',
  'spice+spice-html5',
  'spice+spice-direct',
  'serial+serial',
  'rdp+rdp-html5',
  'mks+webmks',
];

describe('console types by microversion', () => {
  it.each<[number, string[], string[]]>([
    [1, [], []],
    [5, [], []],
    [6, SIX, ['vnc', 'spice', 'serial', 'rdp']],
    [7, SIX, ['vnc', 'spice', 'serial', 'rdp']],
    [8, [...SIX, 'webmks'], ['vnc', 'spice', 'serial', 'rdp', 'mks']],
    [98, [...SIX, 'webmks'], ['vnc', 'spice', 'serial', 'rdp', 'mks']],
    [99, [...SIX, 'webmks', 'spice-direct'], ['vnc', 'spice', 'serial', 'rdp', 'mks']],
    [104, [...SIX, 'webmks', 'spice-direct'], ['vnc', 'spice', 'serial', 'rdp', 'mks']],
  ])("2.%i, in the order of Nova's schema", (minor, types, protocols) => {
    expect(consoleTypesAt(at(minor))).toEqual(types);
    expect(consoleProtocolsAt(at(minor))).toEqual(protocols);
  });
});

describe('assertConsolePair', () => {
  const pairs = CONSOLE_PROTOCOLS.flatMap((protocol) => CONSOLE_TYPES.map((type) => ({ protocol, type })));

  it.each(pairs.map((pair) => ({ ...pair, valid: VALID_PAIRS.includes(`${pair.protocol}+${pair.type}`) })))(
    '$protocol+$type: $valid',
    ({ protocol, type, valid }) => {
      const attempt = () => assertConsolePair(protocol, type);
      if (valid) expect(attempt).not.toThrow();
      else
        expect(attempt).toThrow(
          expect.objectContaining({ code: 'console-type-invalid', message: `Invalid console type ${type}` }),
        );
      expect(protocolOf(type) === protocol).toBe(valid);
    },
  );
});

describe('the guards', () => {
  it('know the words and nothing that merely every object has', () => {
    for (const type of CONSOLE_TYPES) expect(isConsoleType(type)).toBe(true);
    for (const protocol of CONSOLE_PROTOCOLS) expect(isConsoleProtocol(protocol)).toBe(true);
    for (const text of ['', 'VNC', 'noVNC', 'constructor', '__proto__', 'toString', 'vnc ']) {
      expect(isConsoleType(text)).toBe(false);
      expect(isConsoleProtocol(text)).toBe(false);
    }
  });
});
