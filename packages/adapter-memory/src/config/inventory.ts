import type { ConsoleProtocol, Server } from '@remote-consoles/core';
import type { RfbServerSecurity } from '@remote-consoles/rfb';
import type { ScreenSize } from '../screen/machine-screen.js';
import type { LiveVncConfig, MemoryConfig, ServerConfig } from './config-schema.js';
import {
  type ExternalConsole,
  externalRdp,
  externalSerial,
  externalSpice,
  externalVnc,
} from './external-console.js';
import { FileReader } from './file-value.js';
import { loopbackCertificate } from './loopback-certificate.js';
import type { TlsIdentity } from './tls-identity.js';

/** A console that this process serves itself. */
export interface LiveVnc {
  readonly kind: 'live';
  readonly security: RfbServerSecurity;
  readonly size: ScreenSize;
}

export type MachineConsole<Live> = Live | ({ readonly kind: 'external' } & ExternalConsole);

/** A server and what consoles it has. */
export interface MachineSpec {
  readonly server: Server;
  readonly vnc?: MachineConsole<LiveVnc>;
  readonly serial?: MachineConsole<{ readonly kind: 'live' }>;
  readonly mks: boolean;
  readonly spice?: ExternalConsole;
  readonly rdp?: ExternalConsole;
}

/** A configuration with its files read. */
export interface Inventory {
  readonly protocols: ReadonlySet<ConsoleProtocol>;
  readonly machines: readonly MachineSpec[];
  /** Who the live TLS consoles are. */
  readonly identity: () => TlsIdentity;
}

/** Reads everything that a configuration points to. Rejects with an Error that names what cannot be read. */
export async function readInventory(
  config: MemoryConfig,
  directory: string,
  now: number,
): Promise<Inventory> {
  const files = new FileReader(directory);
  return {
    protocols: new Set(config.protocols),
    machines: await Promise.all(config.servers.map((server) => readMachine(server, files, now))),
    identity: await readIdentity(config.tls, files, now),
  };
}

async function readMachine(config: ServerConfig, files: FileReader, now: number): Promise<MachineSpec> {
  const { vnc, serial, mks, spice, rdp } = config.consoles;
  return {
    server: readServer(config, now),
    mks: mks !== undefined,
    ...(vnc && {
      vnc: vnc.kind === 'live' ? await liveVnc(vnc, files) : external(await externalVnc(vnc, files)),
    }),
    ...(serial && { serial: serial === 'live' ? { kind: serial } : external(externalSerial(serial)) }),
    ...(spice && { spice: await externalSpice(spice, files) }),
    ...(rdp && { rdp: await externalRdp(rdp, files) }),
  };
}

function readServer(
  { id, name, project, user, host, vmState, taskState }: ServerConfig,
  now: number,
): Server {
  return {
    id,
    name,
    projectId: project,
    vmState,
    createdAt: now,
    updatedAt: now,
    ...(user !== undefined && { userId: user }),
    ...(host !== undefined && { host }),
    ...(taskState !== undefined && { taskState }),
  };
}

async function liveVnc(config: LiveVncConfig, files: FileReader): Promise<LiveVnc> {
  const password = (await files.secret(config))?.reveal() ?? '';
  const { security, width, height } = config;
  return { kind: 'live', security: serverSecurity(security, password), size: { width, height } };
}

function serverSecurity(kind: LiveVncConfig['security'], password: string): RfbServerSecurity {
  switch (kind) {
    case 'none':
      return { kind };
    case 'vnc':
      return { kind, password };
    case 'x509none':
      return { kind: 'vencrypt-x509none' };
    case 'x509vnc':
      return { kind: 'vencrypt-x509vnc', password };
  }
}

function external(console: ExternalConsole): { readonly kind: 'external' } & ExternalConsole {
  return { kind: 'external', ...console };
}

/** The configured certificate, or one that is made when the first console needs it. */
async function readIdentity(
  tls: MemoryConfig['tls'],
  files: FileReader,
  now: number,
): Promise<() => TlsIdentity> {
  if (!tls) {
    let made: TlsIdentity | undefined;
    return () => {
      made ??= loopbackCertificate(now);
      return made;
    };
  }
  const [cert, key] = [await files.text(tls.certificateFile), await files.text(tls.keyFile)];
  const ca = tls.caFile === undefined ? cert : await files.text(tls.caFile);
  return () => ({ cert, key, trust: { kind: 'ca', ca }, serverName: tls.serverName });
}
