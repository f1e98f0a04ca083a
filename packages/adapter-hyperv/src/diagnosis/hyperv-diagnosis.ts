import {
  type ConsoleType,
  type DiagnosisChain,
  type DiagnosisLeg,
  type DiagnosisPort,
  describeServer,
  explainedLeg,
  type HypervisorPort,
  type LegResult,
  openFirst,
  type Server,
} from '@remote-consoles/core';
import type { HostEntry } from '../hyperv-hypervisor.js';
import { parseGuid } from '../inventory/guid.js';
import type { VirtualMachine } from '../inventory/virtual-machine.js';
import { wsmanFailure } from './wsman-failure.js';

export interface HypervDiagnosisOptions {
  readonly hypervisor: Pick<HypervisorPort, 'openConsole'>;
  readonly hosts: readonly HostEntry[];
  readonly serverOf: (vm: VirtualMachine, entry: HostEntry) => Server | undefined;
  /** ms for each question to a host */
  readonly timeout: number;
}

/** The ways to the hosts' WinRM, and from there to a VM's console. What lies behind is the gateway's part. */
export class HypervDiagnosis implements DiagnosisPort {
  readonly #options: HypervDiagnosisOptions;

  constructor(options: HypervDiagnosisOptions) {
    this.#options = options;
  }

  diagnoseHosts(): readonly DiagnosisChain[] {
    return this.#options.hosts.map((entry) => this.#chain(entry, []));
  }

  diagnoseServer(id: string, types: readonly ConsoleType[]): readonly DiagnosisChain[] {
    return this.#options.hosts.map((entry) => this.#chain(entry, this.#serverLegs(entry, id, types)));
  }

  #chain(entry: HostEntry, more: readonly DiagnosisLeg[]): DiagnosisChain {
    const { host, endpoint } = entry;
    const login = this.#leg('WinRM login', async (signal) => {
      const port = await host.askConsolePort(signal);
      return { outcome: 'ok', detail: `the host answers WMI queries; consoles are on port ${port}` };
    });
    return { place: `host ${host.name}`, endpoint, legs: [login, ...more] };
  }

  #serverLegs(entry: HostEntry, id: string, types: readonly ConsoleType[]): readonly DiagnosisLeg[] {
    const { hypervisor, serverOf } = this.#options;
    let found: VirtualMachine | undefined;
    let server: Server | undefined;
    const find = this.#leg('find the VM', async (signal) => {
      found = await entry.host.findVm(parseGuid(id)?.toLowerCase() ?? id, signal);
      return found ? { outcome: 'ok', detail: describeVm(found) } : absent(id);
    });
    const state = this.#leg('state', async () => {
      server = found && serverOf(found, entry);
      return server ? stateResult(server, found) : withoutProject();
    });
    const open: DiagnosisLeg = {
      name: 'open the console',
      run: async () => (server ? openFirst(hypervisor, server, types) : absent(id)),
    };
    return [find, state, open];
  }

  #leg(name: string, work: (signal: AbortSignal) => Promise<LegResult>): DiagnosisLeg {
    return explainedLeg(name, wsmanFailure, () => work(AbortSignal.timeout(this.#options.timeout)));
  }
}

function absent(id: string): LegResult {
  return { outcome: 'absent', detail: `the host has no VM for server ${id}` };
}

function describeVm({ name, guid, replica }: VirtualMachine): string {
  return `${name}, GUID ${guid}${replica ? ', a replica of another host’s' : ''}`;
}

function stateResult(server: Server, vm: VirtualMachine | undefined): LegResult {
  const detail = `${describeServer(server)} (EnabledState ${vm?.enabledState})`;
  if (server.vmState === 'stopped' || server.vmState === 'suspended') {
    const advice = `A VM has a console while it runs: start it (Start-VM -Name '${server.name.replaceAll("'", "''")}').`;
    return { outcome: 'failed', detail, advice };
  }
  return { outcome: 'ok', detail };
}

function withoutProject(): LegResult {
  return {
    outcome: 'failed',
    detail: 'nothing says whose VM it is, so nobody may see it',
    advice: 'Write its project into its notes and set project.notes, or set project.default.',
  };
}
