import {
  type ConsoleType,
  type DiagnosisChain,
  type DiagnosisEndpoint,
  type DiagnosisLeg,
  type DiagnosisPort,
  describeServer,
  explainedLeg,
  type HypervisorPort,
  type LegResult,
  openFirst,
  type Server,
} from '@remote-consoles/core';
import { vimFailure } from './vim-failure.js';

export interface VmwareDiagnosisOptions {
  readonly hypervisor: Pick<HypervisorPort, 'check' | 'findServer' | 'openConsole'>;
  /** Where the vSphere API listens. */
  readonly endpoint: DiagnosisEndpoint;
  /** The VM that a server's id stands for, by the name that vSphere gives to it (`vm-123`). */
  readonly findVm: (id: string) => Promise<string | undefined>;
}

/** The way into vSphere and to a ticket for a VM's console. The host that the ticket names is the gateway's part. */
export class VmwareDiagnosis implements DiagnosisPort {
  readonly #options: VmwareDiagnosisOptions;

  constructor(options: VmwareDiagnosisOptions) {
    this.#options = options;
  }

  diagnoseHosts(): readonly DiagnosisChain[] {
    return [this.#chain([])];
  }

  diagnoseServer(id: string, types: readonly ConsoleType[]): readonly DiagnosisChain[] {
    return [this.#chain(this.#serverLegs(id, types))];
  }

  #chain(more: readonly DiagnosisLeg[]): DiagnosisChain {
    const { endpoint, hypervisor } = this.#options;
    const login = leg('log in', async () => {
      await hypervisor.check();
      return { outcome: 'ok', detail: 'a session is open' };
    });
    return { place: '', endpoint, legs: [login, ...more] };
  }

  #serverLegs(id: string, types: readonly ConsoleType[]): readonly DiagnosisLeg[] {
    const { hypervisor, findVm } = this.#options;
    let server: Server | undefined;
    return [
      leg('find the VM', async () => {
        const vm = await findVm(id);
        return vm === undefined ? absent(id) : { outcome: 'ok', detail: vm };
      }),
      leg('power state', async () => {
        server = await hypervisor.findServer(id);
        return server ? stateResult(server) : withoutProject();
      }),
      leg('ticket', async () => (server ? openFirst(hypervisor, server, types) : absent(id))),
    ];
  }
}

const leg = (name: string, work: () => Promise<LegResult>): DiagnosisLeg =>
  explainedLeg(name, vimFailure, work);

function absent(id: string): LegResult {
  return { outcome: 'absent', detail: `no VM has the instance UUID or BIOS UUID ${id}` };
}

function stateResult(server: Server): LegResult {
  const detail = describeServer(server);
  switch (server.vmState) {
    case 'stopped':
      return { outcome: 'failed', detail, advice: 'A VM has a console while it runs: power it on.' };
    case 'suspended':
      return { outcome: 'failed', detail, advice: 'A VM has a console while it runs: resume it.' };
    case 'error': {
      const advice =
        'Its host cannot read the VM, or has lost it: look at its connection state in vSphere (orphaned, inaccessible, invalid).';
      return { outcome: 'failed', detail, advice };
    }
    default:
      return { outcome: 'ok', detail };
  }
}

function withoutProject(): LegResult {
  return {
    outcome: 'failed',
    detail: 'it is a template, or nothing says whose VM it is, so nobody may see it',
    advice:
      'Check the rules under `project`: none of them gives this VM a project. project.default is for those.',
  };
}
