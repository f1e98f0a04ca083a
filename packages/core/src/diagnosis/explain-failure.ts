import { ConsoleError, type ConsoleErrorCode } from '../errors.js';
import type { LegResult } from '../ports/diagnosis-port.js';
import { connectAdvice } from './connect-advice.js';

const LONGEST_DETAIL = 300;
/** Causes of causes that are looked at. */
const MAX_DEPTH = 8;

const ADVICE: Readonly<Partial<Record<ConsoleErrorCode, string>>> = {
  'server-not-ready': 'Wait until the server is on a host and built, then ask again.',
  'server-state-invalid':
    'A server has a console while it runs: start or resume it, or wait until its task is over.',
  'console-type-unavailable':
    'The server has no such device: add one to it, or ask for another type with --type.',
  'console-not-implemented':
    'This hypervisor has no such consoles: ask for another type with --type, and switch one on that it has.',
  'hypervisor-unavailable': 'Check that the hypervisor runs and can be reached from this machine.',
  'identity-unavailable': 'Check that the identity service runs and can be reached from this machine.',
  'token-store-unavailable': 'Check that the token store runs and can be reached from this machine.',
  'console-unreachable':
    'Check that the console listens where the hypervisor says, and can be reached from here.',
  'console-refused':
    'The console answered and refused: somebody else may have it, or what is configured for it is wrong; see its own log.',
};

/** What an error means for an operator, by its code and by the codes of what caused it. */
export function explainFailure(error: unknown): Exclude<LegResult, { outcome: 'ok' | 'skipped' }> {
  const causes = causesOf(error);
  const detail = printable(detailOf(causes));
  const [first] = causes;
  if (first instanceof ConsoleError && first.code === 'server-not-found')
    return { outcome: 'absent', detail };
  return { outcome: 'failed', detail, advice: adviceFor(causes) };
}

/** The error, its cause, the cause of that, and so on. */
export function causesOf(error: unknown): readonly unknown[] {
  const causes: unknown[] = [];
  for (let cause = error; cause !== undefined && causes.length < MAX_DEPTH; ) {
    causes.push(cause);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return causes;
}

/** Text of others on one line, without what could move the cursor of a terminal. */
export function printable(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return line.length > LONGEST_DETAIL ? `${line.slice(0, LONGEST_DETAIL - 1)}…` : line;
}

/** Each message once: many a message repeats that of its cause, or says no more than its code. */
function detailOf(causes: readonly unknown[]): string {
  const messages: string[] = [];
  for (const [index, cause] of causes.entries()) {
    const message =
      (cause instanceof Error ? cause.message : String(cause)) || codeOf(cause) || 'no reason given';
    if (message.endsWith(`(${codeOf(causes[index + 1])})`)) continue;
    if (!messages.some((known) => known.includes(message))) messages.push(message);
  }
  return messages.join(': ');
}

/** The deepest cause knows best; the code of the first error is the last resort. */
function adviceFor(causes: readonly unknown[]): string {
  const specific = causes
    .map((cause) => connectAdvice(codeOf(cause) ?? ''))
    .findLast((text) => text !== undefined);
  if (specific !== undefined) return specific;
  const general = causes.map((cause) => (cause instanceof ConsoleError ? ADVICE[cause.code] : undefined));
  return (
    general.find((text) => text !== undefined) ??
    'Nothing is known about this failure: look at the log of remote-consoles, and at that of the other side.'
  );
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
