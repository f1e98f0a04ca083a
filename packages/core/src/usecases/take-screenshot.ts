import { consoleNotImplemented } from '../errors.js';
import type { Credentials } from '../policy/credentials.js';
import type { Policy } from '../policy/policy.js';
import type { AuditSink } from '../ports/audit-sink.js';
import type { Clock } from '../ports/clock.js';
import type { HypervisorPort } from '../ports/hypervisor-port.js';
import type { Screenshot } from '../ports/screenshot-port.js';
import { assertServerLive } from '../server/console-readiness.js';
import type { Server } from '../server/server.js';
import { auditedRequest } from './audited-request.js';
import { findVisibleServer } from './find-visible-server.js';
import type { RequestContext } from './request-context.js';

export interface TakeScreenshotRequest {
  readonly credentials: Credentials;
  readonly serverId: string;
  readonly context: RequestContext;
}

/** Shows what is on a server's screen, to those who may have its console. */
export class TakeScreenshot {
  readonly #deps;
  readonly #pending = new Map<string, Promise<Screenshot>>();

  constructor(deps: {
    readonly hypervisor: HypervisorPort;
    readonly policy: Policy;
    readonly audit: AuditSink;
    readonly clock: Clock;
  }) {
    this.#deps = deps;
  }

  /**
   * @throws ConsoleError `server-not-found`, `forbidden`, `server-not-ready`, `server-state-invalid`,
   *   `console-type-unavailable` where the guest has no screen, `console-not-implemented`, `hypervisor-unavailable`
   */
  execute(request: TakeScreenshotRequest): Promise<Screenshot> {
    const { serverId } = request;
    const run = () => this.#take(request);
    return auditedRequest(this.#deps, request, { action: 'console.screenshot', serverId }, run);
  }

  async #take({ credentials, serverId }: TakeScreenshotRequest): Promise<Screenshot> {
    const { hypervisor, policy } = this.#deps;
    const server = await findVisibleServer(hypervisor, policy, credentials, serverId);
    policy.enforce('os_compute_api:os-remote-consoles', credentials, server);
    assertServerLive(server, 'get_screenshot');
    return this.#picture(server);
  }

  /** A picture is large: all who ask for a server's while one is being taken get that one. */
  #picture(server: Server): Promise<Screenshot> {
    const pending = this.#pending.get(server.id);
    if (pending) return pending;
    const { screenshots } = this.#deps.hypervisor;
    if (!screenshots) throw consoleNotImplemented();
    const taken = screenshots.takeScreenshot(server).finally(() => this.#pending.delete(server.id));
    this.#pending.set(server.id, taken);
    return taken;
  }
}
