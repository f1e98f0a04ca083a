import type { Credentials, Logger, RequestContext } from '@remote-consoles/core';
import type { Request, Response } from 'express';
import { loggedUrl } from './access-log/logged-url.js';
import { toFault } from './fault/to-fault.js';
import { answerContentType } from './request/content-type.js';

const GLOBAL_REQUEST_ID = /^req-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const FAULT_TYPE = 'application/json; charset=UTF-8';

/** One request and its one answer. */
export class Exchange {
  readonly request: Request;
  readonly context: RequestContext;
  /** Set once they are known: the log names who asked. */
  credentials: Credentials | undefined;
  readonly #response: Response;
  readonly #logger: Logger;
  readonly #started = performance.now();
  #versionHeaders: Readonly<Record<string, string>> | undefined;

  constructor(request: Request, response: Response, requestId: string, logger: Logger) {
    this.request = request;
    this.#response = response;
    this.#logger = logger;
    this.context = { requestId, ...(request.ip !== undefined && { clientAddress: request.ip }) };
  }

  /** From here on every answer, also a fault, names the microversion. */
  setVersion(text: string): void {
    this.#versionHeaders = {
      'OpenStack-API-Version': `compute ${text}`,
      'X-OpenStack-Nova-API-Version': text,
      Vary: 'OpenStack-API-Version, X-OpenStack-Nova-API-Version',
    };
  }

  succeed(body: object, status = 200): void {
    this.#send(status, { 'Content-Type': answerContentType(this.request) }, JSON.stringify(body));
  }

  /** Answers 200 without a body. */
  succeedEmpty(headers: Readonly<Record<string, string>>): void {
    this.#send(200, headers, '');
  }

  /** @param challenge the `WWW-Authenticate` value of a 401 */
  fail(error: unknown, challenge: string): void {
    const fault = toFault(error, challenge);
    if (fault.status >= 500) {
      this.#logger.error({ requestId: this.context.requestId, err: error }, 'the request failed');
    }
    this.#send(fault.status, { 'Content-Type': FAULT_TYPE, ...fault.headers }, JSON.stringify(fault.body));
  }

  #send(status: number, headers: Readonly<Record<string, string>>, body: string): void {
    const { requestId } = this.context;
    this.#response.writeHead(status, {
      ...headers,
      ...this.#versionHeaders,
      'Content-Length': Buffer.byteLength(body),
      'Cache-Control': 'no-store',
      'x-openstack-request-id': requestId,
      'x-compute-request-id': requestId,
    });
    this.#response.end(body);
    this.#log(status);
  }

  #log(status: number): void {
    const { method, originalUrl, headers } = this.request;
    const globalId = headers['x-openstack-request-id'];
    this.#logger.info(
      {
        ...this.context,
        ...(typeof globalId === 'string' &&
          GLOBAL_REQUEST_ID.test(globalId) && { globalRequestId: globalId }),
        ...(this.credentials && { userId: this.credentials.userId, projectId: this.credentials.projectId }),
        method,
        url: loggedUrl(originalUrl),
        status,
        ms: Math.round((performance.now() - this.#started) * 10) / 10,
      },
      'request',
    );
  }
}
