import { consoleNotImplemented } from '../errors.js';
import type { Credentials } from '../policy/credentials.js';
import type { Policy } from '../policy/policy.js';
import type { AuditSink } from '../ports/audit-sink.js';
import type { Clock } from '../ports/clock.js';
import type { HypervisorPort } from '../ports/hypervisor-port.js';
import { assertServerReady } from '../server/console-readiness.js';
import { auditedRequest } from './audited-request.js';
import { findVisibleServer } from './find-visible-server.js';
import type { RequestContext } from './request-context.js';

export interface ReadConsoleOutputRequest {
  readonly credentials: Credentials;
  readonly serverId: string;
  readonly lines?: number;
  readonly context: RequestContext;
}

/** Reads what a server has printed on its console (Nova's os-getConsoleOutput). */
export class ReadConsoleOutput {
  readonly #deps;

  constructor(deps: {
    readonly hypervisor: HypervisorPort;
    readonly policy: Policy;
    readonly audit: AuditSink;
    readonly clock: Clock;
  }) {
    this.#deps = deps;
  }

  /**
   * @param request.lines how many of the last lines; all of them where absent
   * @returns text without control characters but tab and newline
   * @throws ConsoleError `server-not-found`, `forbidden`, `server-not-ready`, `server-state-invalid`,
   *   `console-output-unavailable`, `console-not-implemented`, `hypervisor-unavailable`
   */
  execute(request: ReadConsoleOutputRequest): Promise<string> {
    const { serverId } = request;
    const run = () => this.#read(request);
    return auditedRequest(this.#deps, request, { action: 'console.read-output', serverId }, run);
  }

  async #read({ credentials, serverId, lines }: ReadConsoleOutputRequest): Promise<string> {
    const { hypervisor, policy } = this.#deps;
    const server = await findVisibleServer(hypervisor, policy, credentials, serverId);
    policy.enforce('os_compute_api:os-console-output', credentials, server);
    assertServerReady(server, 'get_console_output');
    if (!hypervisor.output) throw consoleNotImplemented();
    const text = printable(await hypervisor.output.readOutput(server));
    return lines === undefined ? text : lastLines(text, lines);
  }
}

function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed here
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}

function lastLines(text: string, count: number): string {
  if (count <= 0) return '';
  const end = text.endsWith('\n') ? text.length - 1 : text.length;
  let start = end;
  for (let found = 0; found < count; found++) {
    // lastIndexOf takes a negative position for 0, so the search must end at the first character by itself.
    const newline = start === 0 ? -1 : text.lastIndexOf('\n', start - 1);
    if (newline < 0) return text;
    start = newline;
  }
  return text.slice(start + 1);
}
