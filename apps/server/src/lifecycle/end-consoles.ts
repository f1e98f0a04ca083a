import type { ServerEvent } from '@remote-consoles/core';
import type { Container } from 'inversify';
import { Id } from '../composition/identifiers.js';

/** Revokes the tokens and closes the sessions of servers that stop, move or go. Returns how to stop doing so. */
export function endConsolesOfStoppedServers(container: Container): () => void {
  const logger = container.get(Id.Logger);
  const revoke = container.get(Id.RevokeServerConsoles);
  const gateway = container.isBound(Id.Gateway) ? container.get(Id.Gateway) : undefined;
  return container.get(Id.Hypervisor).watch(({ serverId, kind }: ServerEvent) => {
    gateway?.closeServer(serverId, kind);
    revoke.execute({ serverId, reason: kind }).catch((error: unknown) => {
      logger.error({ err: error, serverId }, 'cannot revoke the console tokens of a server that has ended');
    });
  });
}
