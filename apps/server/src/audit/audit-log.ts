import { standardOutput } from '../log/standard-output.js';
import type { AuditDestination } from './audit-trail.js';

/** The level of these lines: pino's `info`. */
const LEVEL = 30;

/** Records as log lines on standard output, whatever the level of the log. */
export function auditLog(): AuditDestination {
  return {
    write: (record) => {
      // As the logger would write it, for a third of the CPU: a record has none of the keys that the logger looks for.
      const msg = `${record.name} ${record.outcome}`;
      standardOutput.write(`${JSON.stringify({ level: LEVEL, time: Date.now(), audit: record, msg })}\n`);
    },
    reopen: () => {},
    close: async () => {},
    lost: 0,
  };
}
