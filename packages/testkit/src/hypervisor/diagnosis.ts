import {
  CONSOLE_TYPES,
  type ConsoleConnection,
  type DiagnosisChain,
  diagnosisOf,
  explainFailure,
  type LegResult,
} from '@remote-consoles/core';
import { expect } from 'vitest';
import type { ContractCheck } from '../contract.js';
import { DEFAULT_DEADLINE, within } from '../expectations.js';
import type { HypervisorHarness } from './hypervisor-harness.js';

const OUTCOMES = ['ok', 'skipped', 'absent', 'failed'];

interface Walked {
  readonly results: readonly LegResult[];
  readonly connection: ConsoleConnection | undefined;
}

function assertLine(text: string, what: string): void {
  expect(text, what).toMatch(/\S/);
  expect(text, `${what} is one line`).not.toMatch(/[\r\n]/);
}

/** Walks a chain up to the first leg that does not go well, as a doctor does. */
async function walk(chain: DiagnosisChain, deadline: number): Promise<Walked> {
  const results: LegResult[] = [];
  for (const { name, run } of chain.legs) {
    assertLine(name, 'the name of a leg');
    const result = await within(
      deadline,
      name,
      run().catch((error: unknown) => explainFailure(error)),
    );
    expect(OUTCOMES).toContain(result.outcome);
    assertLine(result.detail, `the detail of ${name}`);
    if (result.outcome === 'failed') assertLine(result.advice, `the advice of ${name}`);
    results.push(result);
    if (result.outcome === 'absent' || result.outcome === 'failed') break;
  }
  await chain.end?.();
  return {
    results,
    connection: results.map((one) => ('connection' in one ? one.connection : undefined)).at(-1),
  };
}

async function walkAll(chains: readonly DiagnosisChain[], deadline: number): Promise<readonly Walked[]> {
  expect(new Set(chains.map(({ place }) => place)).size, 'places have different names').toBe(chains.length);
  expect(chains.length, 'there is a chain').toBeGreaterThan(0);
  const walked: Walked[] = [];
  for (const chain of chains) walked.push(await walk(chain, deadline));
  return walked;
}

const ended = ({ results }: Walked) => results.at(-1)?.outcome;

/** Where the way to a console ends, by the hypervisor's own diagnosis or, without one, by the basic one. */
export const diagnosisChecks: readonly ContractCheck<HypervisorHarness>[] = [
  {
    name: 'diagnosis: leads to each console that can be opened',
    run: async ({ port, consoles, deadline = DEFAULT_DEADLINE }) => {
      const diagnosis = diagnosisOf(port);
      for (const { serverId, type } of consoles) {
        const walked = await walkAll(diagnosis.diagnoseServer(serverId, [type]), deadline);
        const connections = walked.flatMap(({ connection }) => connection ?? []);
        expect(connections[0], `the way to ${type} of ${serverId}`).toMatchObject({ serverId, type });
      }
    },
  },
  {
    name: 'diagnosis: takes the first console of those that would do',
    run: async ({ port, consoles: [{ serverId, type }], deadline = DEFAULT_DEADLINE }) => {
      const diagnosis = diagnosisOf(port);
      const types = [type, ...CONSOLE_TYPES.filter((other) => other !== type)];
      const walked = await walkAll(diagnosis.diagnoseServer(serverId, types), deadline);
      expect(walked.flatMap(({ connection }) => connection?.type ?? [])[0]).toBe(type);
    },
  },
  {
    name: 'diagnosis: an unknown server is absent everywhere',
    run: async ({ port, consoles: [{ type }], deadline = DEFAULT_DEADLINE }) => {
      const diagnosis = diagnosisOf(port);
      for (const id of ['00000000-0000-4000-8000-000000000000', 'no such server']) {
        const walked = await walkAll(diagnosis.diagnoseServer(id, [type]), deadline);
        expect(new Set(walked.map(ended)), `server ${id}`).toEqual(new Set(['absent']));
      }
    },
  },
  {
    name: 'diagnosis: a server that is shut off has no console, and advice',
    needs: 'stopped',
    run: async ({ port, stopped = '', consoles: [{ type }], deadline = DEFAULT_DEADLINE }) => {
      const diagnosis = diagnosisOf(port);
      const walked = await walkAll(diagnosis.diagnoseServer(stopped, [type]), deadline);
      expect(walked.map(ended)).toContain('failed');
      expect(walked.flatMap(({ connection }) => connection ?? [])).toEqual([]);
    },
  },
  {
    name: 'diagnosis: finds its hosts well',
    run: async ({ port, deadline = DEFAULT_DEADLINE }) => {
      const diagnosis = diagnosisOf(port);
      const walked = await walkAll(diagnosis.diagnoseHosts(), deadline);
      expect(new Set(walked.map(ended))).toEqual(new Set(['ok']));
    },
  },
  {
    name: 'diagnosis: says in bounded time where it ends, without secrets',
    needs: 'makeUnavailable',
    run: async (harness) => {
      const { port, consoles, secrets = [], deadline = DEFAULT_DEADLINE } = harness;
      const diagnosis = diagnosisOf(port);
      await harness.makeUnavailable?.();
      const [{ serverId, type }] = consoles;
      const server = await walkAll(diagnosis.diagnoseServer(serverId, [type]), deadline);
      const walked = [...server, ...(await walkAll(diagnosis.diagnoseHosts(), deadline))];
      expect(new Set(walked.map(ended))).toEqual(new Set(['failed']));
      const said = JSON.stringify(walked);
      for (const secret of secrets) expect(said.includes(secret), 'a secret is said').toBe(false);
    },
  },
];
