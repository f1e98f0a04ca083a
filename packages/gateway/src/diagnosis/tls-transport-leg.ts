import type { ConsoleTransport, DiagnosisLeg } from '@remote-consoles/core';
import { certificateResult } from './certificate-leg.js';
import type { ConsoleWay } from './console-way.js';
import { inTime } from './in-time.js';

/** TLS around the whole console, whose certificate is shown and checked. */
export function tlsTransportLeg(
  { timeouts, open, dial }: ConsoleWay,
  transport: Extract<ConsoleTransport, { kind: 'tls' }>,
): DiagnosisLeg {
  return {
    name: 'TLS',
    run: () =>
      certificateResult(transport.tls, async (tls) => {
        open.keep(await inTime(timeouts.handshake, (signal) => dial({ ...transport, tls }, signal)));
      }),
  };
}
