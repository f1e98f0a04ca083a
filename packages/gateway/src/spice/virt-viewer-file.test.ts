import { type ConsoleConnection, Secret } from '@remote-consoles/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { virtViewerFile } from './virt-viewer-file.js';

const CA = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

const connection = (facts: Partial<ConsoleConnection>): ConsoleConnection => ({
  serverId: 's',
  type: 'spice-direct',
  transport: { kind: 'tcp', host: 'kvm1', port: 5900 },
  security: { kind: 'none' },
  connectInfo: { host: 'kvm1', port: 5900, tlsPort: null, internalAccessPath: null },
  ...facts,
});

test('a plain display is its host and port', () => {
  expect(virtViewerFile(connection({}), 'web')).toBe(
    '[virt-viewer]\ntype=spice\nhost=kvm1\nport=5900\ntitle=web\ndelete-this-file=1\n',
  );
});

test('a TLS display brings its authority on one line, and its ticket', () => {
  const file = virtViewerFile(
    connection({
      transport: { kind: 'tls', host: 'kvm1', port: 5901, tls: { trust: { kind: 'ca', ca: CA } } },
      security: { kind: 'spice-ticket', ticket: new Secret('s3cret') },
      connectInfo: { host: 'kvm1', port: 5900, tlsPort: 5901, internalAccessPath: null },
    }),
    'web',
  );
  expect(file).toContain('\ntls-port=5901\npassword=s3cret\nca=-----BEGIN CERTIFICATE-----\\nMIIB\\n');
  expect(file).not.toContain('\nport=');
});

test('a certificate that is known by its subject is told so', () => {
  const tls = { trust: { kind: 'ca', ca: CA }, subject: 'O=Lab\\, one,CN=kvm1' } as const;
  const transport = { kind: 'tls', host: 'kvm1', port: 5901, tls } as const;
  expect(virtViewerFile(connection({ transport }), 'web')).toContain(
    '\nhost-subject=O=Lab\\\\, one,CN=kvm1\n',
  );
});

test('a display that only its own machine reaches is refused', () => {
  const transport = { kind: 'unix', path: '/run/spice.sock' } as const;
  expect(() => virtViewerFile(connection({ transport }), 'web')).toThrow('no address');
});

test('nothing in a value adds a line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (title, ticket) => {
      const security = { kind: 'spice-ticket', ticket: new Secret(ticket) } as const;
      const lines = virtViewerFile(connection({ security }), title).split(/[\n\r\u2028\u0085]/);
      const keys = lines.map((line) => line.split('=', 1)[0]);
      expect(keys.slice(0, 5)).toEqual(['[virt-viewer]', 'type', 'host', 'port', 'password']);
      expect(lines.filter((line) => line.startsWith('host=') || line.startsWith('port='))).toHaveLength(2);
    }),
  );
});
