import { ConsoleError } from '@remote-consoles/core';
import type { Upstream } from '../relay/upstream.js';

/**
 * Reads until there is enough.
 *
 * @param isEnough told all bytes so far
 * @throws ConsoleError `console-unreachable` where the console closes before; the signal's reason
 */
export function readUpstream(
  upstream: Upstream,
  isEnough: (bytes: Buffer) => boolean,
  signal: AbortSignal,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const settle = (done: () => void) => {
      signal.removeEventListener('abort', abort);
      upstream.attach(undefined);
      done();
    };
    const abort = () => settle(() => reject(signal.reason as Error));
    signal.addEventListener('abort', abort, { once: true });
    upstream.attach({
      upstreamBytes: (buffer, start, length) => {
        bytes = Buffer.concat([bytes, buffer.subarray(start, start + length)]);
        if (!isEnough(bytes)) return true;
        settle(() => resolve(bytes));
        return false;
      },
      upstreamDrained: () => {},
      upstreamEnded: () => settle(() => reject(hungUp(bytes.length))),
      fault: (error) => settle(() => reject(error)),
    });
  });
}

function hungUp(length: number): ConsoleError {
  const after = length === 0 ? 'before it said anything' : `after ${length} bytes`;
  return new ConsoleError('console-unreachable', `the console closed the connection ${after}`);
}
