import type { DiagnosisEndpoint } from '@remote-consoles/core';

/** Where libvirt's daemons listen (https://libvirt.org/remote.html). */
const PORTS: Readonly<Record<string, number>> = { tls: 16_514, tcp: 16_509 };

const FORM = /^[a-z0-9]+(?:\+([a-z0-9]+))?:\/\/(?:[^/?@]*@)?(\[[0-9a-f:.]+\]|[^/?:]+)(?::(\d+))?(?:[/?]|$)/i;

/**
 * The TCP port that a libvirt URI leads to: libvirt's own TLS is the transport where none is named. Undefined for local
 * ones, and for ssh, whose own configuration may lead anywhere.
 */
export function daemonEndpoint(uri: string): DiagnosisEndpoint | undefined {
  const [, transport = 'tls', host, port] = FORM.exec(uri) ?? [];
  const standard = PORTS[transport.toLowerCase()];
  if (host === undefined || standard === undefined) return undefined;
  return { host: host.replace(/^\[|\]$/g, ''), port: port === undefined ? standard : Number(port) };
}
