import type { IncomingMessage } from 'node:http';
import { type ApiFault, bodyTooLarge, malformedBody } from '../fault/api-fault.js';

/**
 * Refuses a request that announces a larger body, before anything else is looked at. The rest of such a body is
 * discarded by the HTTP server, so that the client gets to read the answer.
 *
 * @param limit bytes
 * @throws ApiFault 413
 */
export function assertAnnouncedLength(request: IncomingMessage, limit: number): void {
  const announced = request.headers['content-length'];
  if (announced !== undefined && Number(announced) > limit) throw bodyTooLarge(limit);
}

/**
 * Reads the body; undefined where the request has none.
 *
 * @param limit bytes
 * @throws ApiFault 413 where a body of unannounced length grows over the limit, 400 where the client leaves halfway
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (encoding === undefined && (length === undefined || Number(length) === 0)) {
    return Promise.resolve(undefined);
  }
  if (request.readableEnded) {
    throw new Error('the request body has been read already: mount the API before any body parser');
  }
  if (request.destroyed) throw malformedBody();
  return collect(request, limit);
}

function collect(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = (fault: ApiFault) => {
      request.off('data', onData).off('end', onEnd);
      reject(fault);
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) stop(bodyTooLarge(limit));
      else chunks.push(chunk);
    };
    const onEnd = () => {
      const [only] = chunks;
      if (only === undefined) resolve(undefined);
      else resolve(chunks.length === 1 ? only : Buffer.concat(chunks));
    };
    request
      .on('data', onData)
      .on('end', onEnd)
      .on('error', () => stop(malformedBody()));
  });
}
