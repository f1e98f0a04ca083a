import { Secret, type TlsSettings, type TlsTrust } from '@remote-consoles/core';
import type { TlsConfig } from './config-schema.js';
import type { FileReader } from './file-value.js';

/** TLS towards a server as configured. Verification cannot be switched off. */
export async function tlsSettings(config: TlsConfig, files: FileReader): Promise<TlsSettings> {
  const identity = await clientIdentity(config, files);
  return {
    trust: await tlsTrust(config, files),
    ...(config.serverName !== undefined && { serverName: config.serverName }),
    ...(identity && { identity }),
  };
}

async function tlsTrust({ ca, caFile, fingerprint }: TlsConfig, files: FileReader): Promise<TlsTrust> {
  if (fingerprint !== undefined) {
    return { kind: 'pin', algorithm: 'sha256', fingerprint: fingerprint.replaceAll(':', '').toLowerCase() };
  }
  if (ca !== undefined) return { kind: 'ca', ca };
  return caFile === undefined ? { kind: 'system' } : { kind: 'ca', ca: await files.text(caFile) };
}

async function clientIdentity({ certificateFile, keyFile }: TlsConfig, files: FileReader) {
  if (certificateFile === undefined || keyFile === undefined) return undefined;
  return { certificate: await files.text(certificateFile), key: new Secret(await files.text(keyFile)) };
}
