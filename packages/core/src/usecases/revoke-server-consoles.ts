import type { AuditSink } from '../ports/audit-sink.js';
import type { Clock } from '../ports/clock.js';
import type { TokenStore } from '../ports/token-store.js';

/** Makes every token of a server useless, because the server stopped, moved or is gone, or because someone asks. */
export class RevokeServerConsoles {
  readonly #deps;

  constructor(deps: { readonly tokens: TokenStore; readonly audit: AuditSink; readonly clock: Clock }) {
    this.#deps = deps;
  }

  /**
   * @returns how many tokens there were
   * @throws ConsoleError `token-store-unavailable`
   */
  async execute(request: { readonly serverId: string; readonly reason: string }): Promise<number> {
    const count = await this.#deps.tokens.revokeServer(request.serverId);
    if (count > 0) {
      this.#deps.audit.record({
        action: 'console.revoke',
        outcome: 'success',
        at: this.#deps.clock.now(),
        serverId: request.serverId,
        reason: request.reason,
      });
    }
    return count;
  }
}
