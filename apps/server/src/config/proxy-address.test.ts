import { describe, expect, it } from 'vitest';
import { addressFilter, parseNetwork } from './proxy-address.js';

describe('a network', () => {
  it.each([
    ['10.0.0.1', { address: '10.0.0.1', prefix: 32 }],
    ['10.0.0.0/8', { address: '10.0.0.0', prefix: 8 }],
    ['0.0.0.0/0', { address: '0.0.0.0', prefix: 0 }],
    ['fd00::/8', { address: 'fd00::', prefix: 8 }],
    ['::1', { address: '::1', prefix: 128 }],
    ['10.0.0.0/33', undefined],
    ['fd00::/129', undefined],
    ['10.0.0.0/', undefined],
    ['10.0.0', undefined],
    ['proxy.example.org', undefined],
    ['', undefined],
  ])('%s', (text, expected) => {
    expect(parseNetwork(text)).toEqual(expected);
  });
});

describe('a filter of addresses', () => {
  const networks = ['10.0.0.0/8', '192.0.2.1', 'fd00::/8'].flatMap((text) => parseNetwork(text) ?? []);
  const passes = addressFilter(networks);

  it.each([
    ['10.255.0.1', true],
    ['::ffff:10.255.0.1', true],
    ['11.0.0.1', false],
    ['192.0.2.1', true],
    ['192.0.2.2', false],
    ['fd12::1', true],
    ['fe80::1%eth0', false],
    ['2001:db8::1', false],
    ['10.0.0.1, 10.0.0.2', false],
    ['unknown', false],
    ['', false],
  ])('%s: %s', (address, expected) => {
    expect(passes(address)).toBe(expected);
  });

  it('lets nothing pass without networks', () => {
    expect(addressFilter([])('127.0.0.1')).toBe(false);
  });
});
