import type { ConsoleConnection, ConsoleTransport } from '@remote-consoles/core';
import type { ExternalVncConfig, RdpConfig, SpiceConfig } from './config-schema.js';
import type { FileReader } from './file-value.js';
import { tlsSettings } from './tls-settings.js';

/** A console that is somebody else's server at a fixed address. */
export type ExternalConsole = Pick<ConsoleConnection, 'transport' | 'security' | 'connectInfo'>;

export async function externalVnc(config: ExternalVncConfig, files: FileReader): Promise<ExternalConsole> {
  const password = await files.secret(config);
  const tls = config.tls && (await tlsSettings(config.tls, files));
  const tlsRequired = config.tlsRequired ?? config.tls !== undefined;
  return {
    ...tcp(config.host, config.port),
    security: { kind: 'rfb', tlsRequired, ...(password && { password }), ...(tls && { tls }) },
  };
}

export function externalSerial({
  host,
  port,
}: {
  readonly host: string;
  readonly port: number;
}): ExternalConsole {
  return { ...tcp(host, port), security: { kind: 'none' } };
}

/** The TLS port is taken where there is one. */
export async function externalSpice(config: SpiceConfig, files: FileReader): Promise<ExternalConsole> {
  const { host, port, tlsPort } = config;
  const ticket = await files.secret(config);
  return {
    transport: await spiceTransport(config, files),
    security: ticket ? { kind: 'spice-ticket', ticket } : { kind: 'none' },
    connectInfo: { host, port: port ?? tlsPort ?? 0, tlsPort: tlsPort ?? null, internalAccessPath: null },
  };
}

/** With an account the gateway logs in (NLA); without one it only opens TLS. */
export async function externalRdp(config: RdpConfig, files: FileReader): Promise<ExternalConsole> {
  const { host, port, user, domain } = config;
  const tls = await tlsSettings(config.tls, files);
  const password = await files.secret(config);
  if (user === undefined || !password)
    return { ...tcp(host, port), security: { kind: 'rdp', mode: 'tls', tls } };
  const account = { user, password, ...(domain !== undefined && { domain }) };
  return { ...tcp(host, port), security: { kind: 'rdp', mode: 'nla', tls, account } };
}

/** A console at this address in the clear, and what Nova calls its connect info. */
export function tcp(host: string, port: number): Pick<ExternalConsole, 'transport' | 'connectInfo'> {
  return {
    transport: { kind: 'tcp', host, port },
    connectInfo: { host, port, tlsPort: null, internalAccessPath: null },
  };
}

async function spiceTransport(
  { host, port, tlsPort, tls }: SpiceConfig,
  files: FileReader,
): Promise<ConsoleTransport> {
  if (tlsPort !== undefined)
    return { kind: 'tls', host, port: tlsPort, tls: await tlsSettings(tls ?? {}, files) };
  return { kind: 'tcp', host, port: port ?? 0 };
}
