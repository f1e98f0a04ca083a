import {
  ConsoleError,
  type ConsoleType,
  type DiagnosisChain,
  type DiagnosisLeg,
  type DiagnosisPort,
  describeServer,
  explainedLeg,
  type HypervisorPort,
  type LegResult,
  openFirst,
  protocolOf,
  type Server,
} from '@remote-consoles/core';
import type { CharacterDevice, Display, DomainDescription } from '../domain/domain-description.js';
import type { FoundDomain } from '../host/domain-search.js';
import type { LibvirtHost } from '../host/libvirt-host.js';
import { daemonEndpoint } from './daemon-endpoint.js';
import { libvirtFailure } from './libvirt-failure.js';

export interface LibvirtDiagnosisOptions {
  readonly hypervisor: Pick<HypervisorPort, 'openConsole'>;
  readonly hosts: readonly LibvirtHost[];
  /** The domain as the host has it; undefined where it has none of that id. */
  readonly read: (host: LibvirtHost, id: string) => Promise<FoundDomain | undefined>;
  readonly serverOf: (domain: FoundDomain) => Server | undefined;
}

/** The ways to the hosts' daemons, and from there to a domain's console. Its stream or port is the gateway's part. */
export class LibvirtDiagnosis implements DiagnosisPort {
  readonly #options: LibvirtDiagnosisOptions;

  constructor(options: LibvirtDiagnosisOptions) {
    this.#options = options;
  }

  diagnoseHosts(): readonly DiagnosisChain[] {
    return this.#options.hosts.map((host) => chainOf(host, []));
  }

  diagnoseServer(id: string, types: readonly ConsoleType[]): readonly DiagnosisChain[] {
    return this.#options.hosts.map((host) => chainOf(host, this.#serverLegs(host, id, types)));
  }

  #serverLegs(host: LibvirtHost, id: string, types: readonly ConsoleType[]): readonly DiagnosisLeg[] {
    const { hypervisor, read, serverOf } = this.#options;
    let domain: FoundDomain | undefined;
    let server: Server | undefined;
    return [
      leg('find the domain', async () => {
        domain = await read(host, id);
        if (!domain) return absent(id);
        return { outcome: 'ok', detail: domain.description.name };
      }),
      leg('state', async () => {
        server = domain && serverOf(domain);
        return server ? stateResult(server, domain?.description.name ?? id) : withoutProject();
      }),
      leg('devices', async () => ({
        outcome: 'ok',
        detail: domain ? describeDevices(domain.description) : '',
      })),
      leg('open the console', async () => {
        if (!server || !domain) return absent(id);
        try {
          return await openFirst(hypervisor, server, types);
        } catch (error) {
          if (!isOutOfReach(error, domain.description, types)) throw error;
          return outOfReach(domain.description);
        }
      }),
    ];
  }
}

function chainOf(host: LibvirtHost, more: readonly DiagnosisLeg[]): DiagnosisChain {
  const endpoint = daemonEndpoint(host.uri.text);
  const connect = leg('connect to libvirt', async () => {
    const name = await host.ask((connection) => connection.hostname());
    return { outcome: 'ok', detail: `${name} answers` };
  });
  return { place: `host ${host.name}`, ...(endpoint && { endpoint }), legs: [connect, ...more] };
}

const leg = (name: string, work: () => Promise<LegResult>): DiagnosisLeg =>
  explainedLeg(name, libvirtFailure, work);

function absent(id: string): LegResult {
  return { outcome: 'absent', detail: `the host has no domain ${id}` };
}

function withoutProject(): LegResult {
  return {
    outcome: 'failed',
    detail: 'nothing says whose server it is, so nobody may see it',
    advice: 'Write its project into the metadata of the domain, or set defaultProject.',
  };
}

function stateResult(server: Server, domain: string): LegResult {
  const detail = describeServer(server);
  if (server.vmState !== 'stopped' && server.vmState !== 'suspended') return { outcome: 'ok', detail };
  return { outcome: 'failed', detail, advice: `A server has a console while it runs: virsh start ${domain}` };
}

/** The server has the device and the console is refused all the same. */
function outOfReach(domain: DomainDescription): LegResult {
  return {
    outcome: 'failed',
    detail: `nothing leads from here to ${describeDevices(domain)}`,
    advice:
      'On another machine a device must listen on an address that is dialled from here (not 127.0.0.1, no socket) and offer TLS where that is required; a serial port must be a pty or a raw TCP listener.',
  };
}

function isOutOfReach(
  error: unknown,
  { displays, characterDevices }: DomainDescription,
  types: readonly ConsoleType[],
): boolean {
  if (!(error instanceof ConsoleError) || error.code !== 'console-type-unavailable') return false;
  const [first] = types;
  const protocol = first && protocolOf(first);
  if (protocol === 'serial') return characterDevices.length > 0;
  return displays.some(({ type }) => type === protocol);
}

function describeDevices({ displays, characterDevices }: DomainDescription): string {
  const devices = [...displays.map(describeDisplay), ...characterDevices.map(describeCharacter)];
  return devices.length === 0 ? 'neither a display nor a serial console' : devices.join(', ');
}

function describeDisplay({ type, listen }: Display): string {
  switch (listen.kind) {
    case 'tcp':
      return `${type} on ${listen.host} port ${listen.port ?? '-'}${listen.tlsPort === undefined ? '' : `, TLS ${listen.tlsPort}`}`;
    case 'unix':
      return `${type} on ${listen.path}`;
    case 'none':
      return `${type} without a listener`;
  }
}

function describeCharacter({ alias, target, source }: CharacterDevice): string {
  return `${alias ?? target} (${source.kind === 'other' ? source.type : source.kind})`;
}
