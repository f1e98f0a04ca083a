import type { AuditEvent } from '@remote-consoles/core';

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
const UNKNOWN = '{"id":"unknown","typeURI":"unknown"}';

/**
 * An audit record as JSON, in the shape of DMTF's Cloud Auditing Data Federation (DSP0262), as OpenStack's services
 * write it: who did it (initiator), to what (target), who saw it (observer).
 *
 * Put together as text, because there is one for each request: an object made only for `JSON.stringify` costs three
 * times as much.
 *
 * @param id of the record
 * @param observer names this process, such as `remote-consoles@gateway-1`
 */
export function cadfRecord(event: AuditEvent, id: string, observer: string): string {
  const { action, outcome, reason, serverId } = event;
  const self = `{"id":${quoted(observer)},"typeURI":"service/compute"}`;
  // Tokens are revoked by the gateway itself when their server ends.
  const initiator = action === 'console.revoke' && event.userId === undefined ? self : initiatorOf(event);
  const target = serverId === undefined ? UNKNOWN : `{"id":${quoted(serverId)},"typeURI":"compute/machine"}`;
  return (
    `{"typeURI":"http://schemas.dmtf.org/cloud/audit/1.0/event","id":${quoted(id)},"eventType":"activity",` +
    `"eventTime":"${timeOf(event)}","action":"${ACTIONS[action]}","name":"${action}","outcome":"${outcome}"` +
    (reason === undefined
      ? ''
      : `,"reason":{"reasonType":"remote-consoles","reasonCode":${quoted(reason)}}`) +
    `,"initiator":${initiator},"target":${target},"observer":${self}${attachmentsOf(event)}}`
  );
}

/** CADF's time names its zone by numbers. */
function timeOf({ at }: AuditEvent): string {
  return `${new Date(at).toISOString().slice(0, -1)}+00:00`;
}

function initiatorOf({ userId, projectId, clientAddress }: AuditEvent): string {
  return (
    `{"id":${quoted(userId ?? 'unknown')},"typeURI":"${USER}"` +
    (clientAddress === undefined ? '' : `,"host":{"address":${quoted(clientAddress)}}`) +
    (projectId === undefined ? '}' : `,"project_id":${quoted(projectId)}}`)
  );
}

/** What CADF has no place for. */
function attachmentsOf(event: AuditEvent): string {
  const content =
    text('request_id', event.requestId) +
    text('session_id', event.sessionId) +
    text('console_type', event.type) +
    text('transport', event.transport) +
    text('security', event.security) +
    number('dial_ms', event.dialTime) +
    number('duration_ms', event.duration) +
    number('bytes_to_viewer', event.bytesDown) +
    number('bytes_from_viewer', event.bytesUp);
  if (content === '') return '';
  return `,"attachments":[{"name":"console","typeURI":"mime:application/json","content":{${content.slice(1)}}}]`;
}

function text(name: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${name}":${quoted(value)}`;
}

function number(name: string, value: number | undefined): string {
  return value === undefined ? '' : `,"${name}":${value}`;
}

/** Characters that JSON writes as they are. */
const PLAIN = /^[\w./:@ -]*$/;

function quoted(value: string): string {
  return PLAIN.test(value) ? `"${value}"` : JSON.stringify(value);
}
