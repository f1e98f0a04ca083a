import { ConsoleError, type DiagnosisLeg } from '@remote-consoles/core';
import type { Upstream } from '../relay/upstream.js';
import { inTime, NoAnswer } from './in-time.js';
import { readUpstream } from './read-upstream.js';

/** ms in which a serial console would say something by itself, or hang up. */
const LISTEN = 500;

/** Whether a console that is nothing but a stream stays open. It is not written to. */
export function streamLeg(upstream: () => Upstream): DiagnosisLeg {
  return {
    name: 'serial stream',
    run: async () => {
      try {
        const bytes = await inTime(LISTEN, (signal) => readUpstream(upstream(), () => true, signal));
        return { outcome: 'ok', detail: `open; the server is writing (${bytes.length} bytes)` };
      } catch (error) {
        if (error instanceof NoAnswer) return { outcome: 'ok', detail: 'open and silent' };
        if (!(error instanceof ConsoleError)) throw error;
        return {
          outcome: 'failed',
          detail: error.message,
          advice: 'The serial port may have room for one: see who else has it open.',
        };
      }
    },
  };
}
