import { type ConsoleConnection, ConsoleError } from '@remote-consoles/core';

/**
 * What remote-viewer opens: a key file (GLib's format) with the group `virt-viewer`, which names the display, its ticket
 * and the authority of its certificate. The viewer deletes it after reading.
 *
 * @param title what the viewer's window is called
 * @throws ConsoleError `console-refused` where only the hypervisor's own machine reaches the display
 */
export function virtViewerFile(
  { transport, security, connectInfo }: ConsoleConnection,
  title: string,
): string {
  if (transport.kind !== 'tcp' && transport.kind !== 'tls') {
    throw new ConsoleError(
      'console-refused',
      'the display of this server listens on no address that a viewer can dial',
    );
  }
  const tls = transport.kind === 'tls';
  const plainPort = tls ? undefined : transport.port;
  const tlsPort = tls ? transport.port : (connectInfo.tlsPort ?? undefined);
  const entries: [string, string | number | undefined][] = [
    ['type', 'spice'],
    ['host', transport.host],
    ['port', plainPort],
    ['tls-port', tlsPort],
    ['password', security.kind === 'spice-ticket' ? security.ticket.reveal() : undefined],
    ['ca', tls && transport.tls.trust.kind === 'ca' ? transport.tls.trust.ca : undefined],
    ['host-subject', tls ? transport.tls.subject : undefined],
    ['title', title],
    ['delete-this-file', 1],
  ];
  const lines = entries.flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${escaped(String(value))}`],
  );
  return `[virt-viewer]\n${lines.join('\n')}\n`;
}

/** A value cannot end its line: GLib's escapes are all that a key file knows, other control characters are left out. */
function escaped(value: string): string {
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll('\r', '\\r')
    .replace(/^ /, '\\s')
    .replace(/\p{Cc}/gu, '');
}
