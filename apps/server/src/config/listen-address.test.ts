import { describe, expect, it } from 'vitest';
import { formatListenAddress, isLoopback, parseListenAddress } from './listen-address.js';

describe('a listen address', () => {
  it.each([
    ['127.0.0.1:8774', '127.0.0.1', 8774],
    ['[::1]:80', '::1', 80],
    ['localhost:0', 'localhost', 0],
    [':8774', '::', 8774],
  ])('%s', (text, host, port) => {
    expect(parseListenAddress(text)).toEqual({ host, port });
  });

  it.each(['8774', '127.0.0.1', '::1:80', 'a b:80', 'host:65536', 'host:-1', 'http://host:80', ''])(
    'is not %j',
    (text) => {
      expect(parseListenAddress(text)).toBeUndefined();
    },
  );

  it('puts brackets around IPv6', () => {
    expect(formatListenAddress({ host: '::1', port: 80 })).toBe('[::1]:80');
    expect(formatListenAddress({ host: '127.0.0.1', port: 80 })).toBe('127.0.0.1:80');
  });

  it('knows which addresses only this machine reaches', () => {
    expect(
      ['127.0.0.1', '127.8.8.8', '::1', 'localhost'].every((host) => isLoopback({ host, port: 1 })),
    ).toBe(true);
    expect(
      ['0.0.0.0', '::', '10.0.0.1', '127.example.org'].some((host) => isLoopback({ host, port: 1 })),
    ).toBe(false);
  });
});
