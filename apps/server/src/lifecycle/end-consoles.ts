import type { ServerEvent } from '@remote-consoles/core';
import type { Container } from 'inversify';
import { Id } from '../composition/identifiers.js';

/** ms between attempts to tell what could not be told to others at once */
const RETRY = 1000;

/**
 * Revokes the tokens and closes the sessions of servers that stop, move or go, on every gateway. What the other
 * processes could not be told is tried again until they are. Returns how to stop doing so.
 */
export function endConsolesOfStoppedServers(container: Container): () => void {
  const logger = container.get(Id.Logger);
  const revoke = container.get(Id.RevokeServerConsoles);
  const pending = new Map<string, ServerEvent['kind']>();
  let timer: NodeJS.Timeout | undefined;
  const end = async (serverId: string, reason: ServerEvent['kind']) => {
    try {
      await revoke.execute({ serverId, reason });
      pending.delete(serverId);
    } catch (error) {
      if (pending.size === 0)
        logger.error(
          { err: error, serverId },
          'cannot tell all gateways that a server has ended; trying again',
        );
      pending.set(serverId, reason);
      timer ??= setTimeout(retry, RETRY).unref();
    }
  };
  const retry = () => {
    timer = undefined;
    for (const [serverId, reason] of pending) void end(serverId, reason);
  };
  const stop = container.get(Id.Hypervisor).watch(({ serverId, kind }) => void end(serverId, kind));
  return () => {
    stop();
    clearTimeout(timer);
  };
}
