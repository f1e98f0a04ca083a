import type { AuditEvent } from '@remote-consoles/core';

/** A resource as CADF describes it: who did it, to what, who saw it. */
interface CadfResource {
  readonly id: string;
  readonly typeURI: string;
  readonly host?: { readonly address: string } | undefined;
  readonly project_id?: string | undefined;
}

/** An audit record in the shape of DMTF's Cloud Auditing Data Federation (DSP0262), as OpenStack's services write it. */
export interface CadfRecord {
  readonly typeURI: 'http://schemas.dmtf.org/cloud/audit/1.0/event';
  readonly id: string;
  readonly eventType: 'activity';
  readonly eventTime: string;
  /** Of CADF's action taxonomy, extended by what was acted on. */
  readonly action: string;
  /** Our own word for the action: what a search looks for. */
  readonly name: AuditEvent['action'];
  readonly outcome: AuditEvent['outcome'];
  readonly reason?: { readonly reasonType: 'remote-consoles'; readonly reasonCode: string } | undefined;
  readonly initiator: CadfResource;
  readonly target: CadfResource;
  readonly observer: CadfResource;
  readonly attachments?: readonly Attachment[] | undefined;
}

interface Attachment {
  readonly name: string;
  readonly typeURI: string;
  readonly content: object;
}

const ACTIONS: Readonly<Record<AuditEvent['action'], string>> = {
  'console.issue': 'create/console-token',
  'console.redeem': 'authenticate/console-token',
  'console.refuse': 'deny/console',
  'console.open': 'start/console-session',
  'console.close': 'stop/console-session',
  'console.revoke': 'revoke/console-token',
  'console.terminate': 'delete/console-session',
  'console.show-connect-info': 'read/console-token',
  'console.read-output': 'read/console-output',
  'console.screenshot': 'read/console-screenshot',
};

const USER = 'service/security/account/user';
const UNKNOWN = 'unknown';

/**
 * What is absent is undefined, which JSON leaves out: spreads would cost more than all the rest, and there is a record
 * for each request.
 *
 * @param id of the record
 * @param observer names this process, such as `remote-consoles@gateway-1`
 */
export function cadfRecord(event: AuditEvent, id: string, observer: string): CadfRecord {
  const { action, outcome, at, reason, serverId } = event;
  const self = { id: observer, typeURI: 'service/compute' };
  return {
    typeURI: 'http://schemas.dmtf.org/cloud/audit/1.0/event',
    id,
    eventType: 'activity',
    eventTime: `${new Date(at).toISOString().slice(0, -1)}+00:00`,
    action: ACTIONS[action],
    name: action,
    outcome,
    reason: reason === undefined ? undefined : { reasonType: 'remote-consoles', reasonCode: reason },
    // Tokens are revoked by the gateway itself when their server ends.
    initiator: action === 'console.revoke' && event.userId === undefined ? self : initiatorOf(event),
    target:
      serverId === undefined
        ? { id: UNKNOWN, typeURI: UNKNOWN }
        : { id: serverId, typeURI: 'compute/machine' },
    observer: self,
    attachments: attachmentsOf(event),
  };
}

function initiatorOf({ userId, projectId, clientAddress }: AuditEvent): CadfResource {
  return {
    id: userId ?? UNKNOWN,
    typeURI: USER,
    host: clientAddress === undefined ? undefined : { address: clientAddress },
    project_id: projectId,
  };
}

/** What CADF has no place for. */
function attachmentsOf(event: AuditEvent): readonly Attachment[] | undefined {
  const content = {
    request_id: event.requestId,
    session_id: event.sessionId,
    console_type: event.type,
    transport: event.transport,
    security: event.security,
    dial_ms: event.dialTime,
    duration_ms: event.duration,
    bytes_to_viewer: event.bytesDown,
    bytes_from_viewer: event.bytesUp,
  };
  for (const value of Object.values(content)) {
    if (value !== undefined) return [{ name: 'console', typeURI: 'mime:application/json', content }];
  }
  return undefined;
}
