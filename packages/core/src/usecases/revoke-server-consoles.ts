import type { AuditSink } from '../ports/audit-sink.js';
import type { Clock } from '../ports/clock.js';
import type { ClusterMessages } from '../ports/cluster-messages.js';
import type { ServerEvent } from '../ports/hypervisor-port.js';
import type { TokenStore } from '../ports/token-store.js';

/** Ends the consoles of a server that stopped, moved or is gone: its sessions on every gateway, and its tokens. */
export class RevokeServerConsoles {
  readonly #deps;

  constructor(deps: {
    readonly tokens: TokenStore;
    readonly messages: ClusterMessages;
    readonly audit: AuditSink;
    readonly clock: Clock;
  }) {
    this.#deps = deps;
  }

  /**
   * Does as much of it as can be done now; it may be tried again.
   *
   * @returns how many tokens there were
   * @throws ConsoleError `token-store-unavailable`; the sessions of this process have been ended all the same
   */
  async execute(request: {
    readonly serverId: string;
    readonly reason: ServerEvent['kind'];
  }): Promise<number> {
    const { tokens, messages, audit, clock } = this.#deps;
    const { serverId, reason } = request;
    const told = messages.send({ kind: 'end-server', serverId, event: reason });
    const [, count] = await Promise.all([told, tokens.revokeServer(serverId)]);
    if (count > 0) {
      audit.record({ action: 'console.revoke', outcome: 'success', at: clock.now(), serverId, reason });
    }
    return count;
  }
}
