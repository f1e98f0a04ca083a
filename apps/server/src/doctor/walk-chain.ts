import {
  type ConsoleConnection,
  type DiagnosisChain,
  type DiagnosisLeg,
  explainFailure,
  type LegResult,
  printable,
} from '@remote-consoles/core';
import { type DiagnosisTimeouts, endpointLegs } from '@remote-consoles/gateway/diagnosis';
import type { Report } from './leg-report.js';

/** How a chain ended. */
export type WalkEnd =
  | { readonly outcome: 'ok'; readonly connection?: ConsoleConnection }
  | { readonly outcome: 'absent' }
  | { readonly outcome: 'failed'; readonly leg: string };

/** ms that any leg gets. Most give up by themselves before, and know better why. */
const LONGEST_LEG = 20_000;
/** ms that a chain gets to close what it opened */
const LONGEST_END = 2_000;

/** Walks the legs one after the other up to the first that fails, and reports each, with those that are not reached. */
export async function walkChain(
  place: string,
  chain: DiagnosisChain,
  timeouts: DiagnosisTimeouts,
  report: Report,
): Promise<WalkEnd> {
  const legs = [...(chain.endpoint ? endpointLegs(chain.endpoint, timeouts) : []), ...chain.legs];
  let end: WalkEnd = { outcome: 'ok' };
  for (const leg of legs) {
    if (end.outcome !== 'ok') {
      report({ place, leg: leg.name, outcome: 'not reached' });
      continue;
    }
    const start = performance.now();
    const result = await runLeg(leg);
    const { connection, ...said } = { connection: undefined, ...result };
    report({ place, leg: leg.name, ms: performance.now() - start, ...said, detail: printable(said.detail) });
    if (connection) end = { outcome: 'ok', connection };
    if (result.outcome === 'absent') end = { outcome: 'absent' };
    if (result.outcome === 'failed') end = { outcome: 'failed', leg: leg.name };
  }
  await inTime(chain.end?.() ?? Promise.resolve(), LONGEST_END).catch(() => undefined);
  return end;
}

async function runLeg(leg: DiagnosisLeg): Promise<LegResult> {
  try {
    return await inTime(leg.run(), LONGEST_LEG);
  } catch (error) {
    return explainFailure(error);
  }
}

/** @param timeout ms */
export async function inTime<T>(work: Promise<T>, timeout: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = Object.assign(new Error(`no answer within ${timeout / 1000} s`), { code: 'ETIMEDOUT' });
    timer = setTimeout(reject, timeout, error);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
