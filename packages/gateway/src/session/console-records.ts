import {
  type AuditEvent,
  type ConsoleAuthorization,
  ConsoleError,
  type ConsoleTransport,
} from '@remote-consoles/core';
import type { ConsoleRequest } from '../handshake/admission.js';
import { ViewerLeft } from '../handshake/opening.js';
import type { Refusal } from '../handshake/refusal.js';
import { RdpFailure } from '../rdp/rdp-failure.js';
import type { GatewayOptions } from '../settings.js';
import { SessionEnded } from './closings.js';
import type { Session } from './session.js';

/** How a console was reached. */
export interface OpeningFacts {
  readonly security: string;
  readonly transport: ConsoleTransport['kind'];
  /** ms */
  readonly dialTime: number;
}

type Who = Pick<ConsoleRequest, 'clientAddress'> & { readonly id?: string };

/** Keeps the gateway's part of the records: one when a session opens or could not, and one when it closes. */
export class ConsoleRecords {
  readonly #options: Pick<GatewayOptions, 'audit' | 'clock' | 'logger'>;

  constructor(options: Pick<GatewayOptions, 'audit' | 'clock' | 'logger'>) {
    this.#options = options;
  }

  /** A viewer that was turned away before its token was used. */
  refused({ code }: Refusal, clientAddress: string | undefined): void {
    this.#record('console.refuse', undefined, { clientAddress }, { outcome: 'failure', reason: code });
  }

  opened(authorization: ConsoleAuthorization, who: Who, facts: Partial<OpeningFacts>): void {
    this.#record('console.open', authorization, who, { outcome: 'success', ...facts });
  }

  /** A token was good, and its console could not be opened. */
  notOpened(authorization: ConsoleAuthorization, who: Who, error: unknown): void {
    this.#record('console.open', authorization, who, { outcome: 'failure', reason: reasonOf(error) });
  }

  /** @param reason the word for why */
  closed(session: Session, reason: string): void {
    const { authorization, openedAt, security, past } = session;
    this.#record('console.close', authorization, session, {
      outcome: 'success',
      reason,
      ...(security !== undefined && { security }),
      duration: Math.max(0, this.#options.clock.now() - openedAt),
      bytesDown: past.bytesDown,
      bytesUp: past.bytesUp,
    });
  }

  #record(
    action: 'console.refuse' | 'console.open' | 'console.close',
    authorization: ConsoleAuthorization | undefined,
    { id, clientAddress }: Who,
    facts: Omit<AuditEvent, 'action' | 'at'>,
  ): void {
    const event: AuditEvent = {
      action,
      at: this.#options.clock.now(),
      ...(authorization && {
        requestId: authorization.requestId,
        userId: authorization.userId,
        projectId: authorization.projectId,
        serverId: authorization.serverId,
        type: authorization.type,
      }),
      ...(id !== undefined && { sessionId: id }),
      ...(clientAddress !== undefined && { clientAddress }),
      ...facts,
    };
    try {
      this.#options.audit.record(event);
    } catch (error) {
      this.#options.logger.error({ err: error, action }, 'the audit sink threw');
    }
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof ViewerLeft || error instanceof RdpFailure) return error.word;
  if (error instanceof SessionEnded) return error.closing.word;
  return error instanceof ConsoleError ? error.code : 'internal';
}
