import type { ConsoleType } from '../console/console-type.js';
import { protocolOf } from '../console/console-type.js';
import { ConsoleError } from '../errors.js';
import type { DiagnosisChain, DiagnosisLeg, DiagnosisPort, LegResult } from '../ports/diagnosis-port.js';
import type { HypervisorPort } from '../ports/hypervisor-port.js';
import { assertConsoleReady } from '../server/console-readiness.js';
import { type Server, serverStatus } from '../server/server.js';
import { describeConnection } from './describe-connection.js';

/** The hypervisor's own diagnosis, or the basic one. */
export function diagnosisOf(hypervisor: HypervisorPort): DiagnosisPort {
  return hypervisor.diagnosis ?? basicDiagnosis(hypervisor);
}

/** What can be found out by the methods that every hypervisor has. */
export function basicDiagnosis(hypervisor: HypervisorPort): DiagnosisPort {
  return {
    diagnoseHosts: () => [{ place: PLACE, legs: [checkLeg(hypervisor)] }],
    diagnoseServer: (id, types) => [serverChain(hypervisor, id, types)],
  };
}

/** There is one place, the hypervisor as a whole. */
const PLACE = '';

function serverChain(hypervisor: HypervisorPort, id: string, types: readonly ConsoleType[]): DiagnosisChain {
  let found: Server | undefined;
  const find: DiagnosisLeg = {
    name: 'find the server',
    run: async () => {
      found = await hypervisor.findServer(id);
      return found ? { outcome: 'ok', detail: describeServer(found) } : absent(id);
    },
  };
  const open: DiagnosisLeg = {
    name: 'open the console',
    run: async () => (found ? openFirst(hypervisor, found, types) : absent(id)),
  };
  return { place: PLACE, legs: [checkLeg(hypervisor), find, open] };
}

function checkLeg(hypervisor: HypervisorPort): DiagnosisLeg {
  return {
    name: 'check the hypervisor',
    run: async () => {
      await hypervisor.check();
      return { outcome: 'ok', detail: 'it answers' };
    },
  };
}

function absent(id: string): LegResult {
  return { outcome: 'absent', detail: `there is no server ${id}` };
}

/** What is known of a server, for the detail of a leg. */
export function describeServer(server: Server): string {
  const { name, projectId, host } = server;
  return `${name}, ${serverStatus(server)}, project ${projectId}, ${host === undefined ? 'on no host' : `on ${host}`}`;
}

/**
 * Opens the first console of these types that the server has.
 *
 * @returns the leg's result, with the connection
 * @throws ConsoleError, what the hypervisor says of the first type where it has none
 */
export async function openFirst(
  hypervisor: Pick<HypervisorPort, 'openConsole'>,
  server: Server,
  types: readonly ConsoleType[],
): Promise<LegResult> {
  let refusal: unknown;
  for (const type of types) {
    try {
      assertConsoleReady(server, protocolOf(type));
      const connection = await hypervisor.openConsole(server, type);
      return { outcome: 'ok', detail: describeConnection(connection), connection };
    } catch (error) {
      if (!hasNoSuchConsole(error)) throw error;
      refusal ??= error;
    }
  }
  throw refusal ?? new ConsoleError('console-not-implemented', 'no type of console is switched on');
}

function hasNoSuchConsole(error: unknown): boolean {
  return (
    error instanceof ConsoleError &&
    (error.code === 'console-not-implemented' || error.code === 'console-type-unavailable')
  );
}
