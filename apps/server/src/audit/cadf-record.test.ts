import type { AuditEvent } from '@remote-consoles/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cadfRecord } from './cadf-record.js';

const record = (event: Partial<AuditEvent>) =>
  JSON.parse(
    cadfRecord(
      { action: 'console.issue', outcome: 'success', at: 1_790_000_000_123, ...event },
      'id-1',
      'us@here',
    ),
  );

describe('a CADF record', () => {
  it('says who did what to which server, from where, and with which result', () => {
    expect(
      record({
        action: 'console.close',
        reason: 'viewer-closed',
        requestId: 'req-1',
        sessionId: 's-1',
        userId: 'u-1',
        projectId: 'p-1',
        serverId: 'server-1',
        type: 'novnc',
        clientAddress: '192.0.2.7',
        security: 'x509none',
        duration: 61_000,
        bytesDown: 0,
        bytesUp: 12,
      }),
    ).toEqual({
      typeURI: 'http://schemas.dmtf.org/cloud/audit/1.0/event',
      id: 'id-1',
      eventType: 'activity',
      eventTime: '2026-09-21T14:13:20.123+00:00',
      action: 'stop/console-session',
      name: 'console.close',
      outcome: 'success',
      reason: { reasonType: 'remote-consoles', reasonCode: 'viewer-closed' },
      initiator: {
        id: 'u-1',
        typeURI: 'service/security/account/user',
        host: { address: '192.0.2.7' },
        project_id: 'p-1',
      },
      target: { id: 'server-1', typeURI: 'compute/machine' },
      observer: { id: 'us@here', typeURI: 'service/compute' },
      attachments: [
        {
          name: 'console',
          typeURI: 'mime:application/json',
          content: {
            request_id: 'req-1',
            session_id: 's-1',
            console_type: 'novnc',
            security: 'x509none',
            duration_ms: 61_000,
            bytes_to_viewer: 0,
            bytes_from_viewer: 12,
          },
        },
      ],
    });
  });

  it('names what nobody knows as unknown, and attaches nothing then', () => {
    const { initiator, target, attachments } = record({
      action: 'console.refuse',
      outcome: 'failure',
      reason: 'origin-not-allowed',
      clientAddress: '192.0.2.7',
    });
    expect(initiator).toEqual({
      id: 'unknown',
      typeURI: 'service/security/account/user',
      host: { address: '192.0.2.7' },
    });
    expect(target).toEqual({ id: 'unknown', typeURI: 'unknown' });
    expect(attachments).toBeUndefined();
  });

  it('names us where nobody asked for it', () => {
    expect(record({ action: 'console.revoke', serverId: 's', reason: 'deleted' }).initiator.id).toBe(
      'us@here',
    );
    expect(record({ action: 'console.revoke', serverId: 's', userId: 'u' }).initiator.id).toBe('u');
  });

  it('keeps every word as it is, whatever is in it', () => {
    const words = fc.record({
      userId: fc.string({ unit: 'binary' }),
      projectId: fc.string({ unit: 'binary' }),
      serverId: fc.string({ unit: 'binary' }),
      requestId: fc.string({ unit: 'grapheme' }),
      reason: fc.string({ unit: 'binary-ascii' }),
    });
    fc.assert(
      fc.property(words, ({ reason, ...event }) => {
        const read = record({ ...event, reason });
        expect(read.initiator).toEqual({
          id: event.userId,
          typeURI: 'service/security/account/user',
          project_id: event.projectId,
        });
        expect(read.target.id).toBe(event.serverId);
        expect(read.attachments[0].content).toEqual({ request_id: event.requestId });
        expect(read.reason.reasonCode).toBe(reason);
      }),
    );
  });
});
