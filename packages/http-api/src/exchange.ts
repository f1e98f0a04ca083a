import { isIP } from 'node:net';
import type { Credentials, Logger, RequestContext } from '@remote-consoles/core';
import type { Request, Response } from 'express';
import { loggedUrl } from './access-log/logged-url.js';
import { toFault } from './fault/to-fault.js';
import { answerContentType } from './request/content-type.js';

const GLOBAL_REQUEST_ID = /^req-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const FAULT_TYPE = 'application/json; charset=UTF-8';

/** A request that has been answered, for whoever counts them. */
export interface AnsweredRequest {
  /** The name of what was asked, as in the OpenAPI document; absent where that was not known. */
  readonly operation: string | undefined;
  readonly status: number;
  /** ms */
  readonly duration: number;
}

/** Must neither throw nor wait. */
export type AnswerObserver = (answered: AnsweredRequest) => void;

/** One request and its one answer. */
export class Exchange {
  readonly request: Request;
  readonly context: RequestContext;
  /** Set once they are known: the log names who asked. */
  credentials: Credentials | undefined;
  /** Set once it is known what is asked. */
  operation: string | undefined;
  readonly #response: Response;
  readonly #logger: Logger;
  readonly #answered: AnswerObserver | undefined;
  readonly #started = performance.now();
  /** Where the application has mounted us. */
  readonly #mount: string;
  #version: string | undefined;
  /** Names and values in turn, for whatever the answer is. */
  #headers: string[] | undefined;

  constructor(
    request: Request,
    response: Response,
    requestId: string,
    { logger, answered }: { readonly logger: Logger; readonly answered?: AnswerObserver | undefined },
  ) {
    this.request = request;
    this.#response = response;
    this.#mount = request.baseUrl;
    this.#logger = logger;
    this.#answered = answered;
    const clientAddress = addressOf(request);
    this.context = clientAddress === undefined ? { requestId } : { requestId, clientAddress };
  }

  /** From here on every answer, also a fault, names the microversion. */
  setVersion(text: string): void {
    this.#version = text;
  }

  /** From here on every answer has these headers; those of one name add up. */
  addHeaders(headers: Readonly<Record<string, string>>): void {
    this.#headers = [...(this.#headers ?? []), ...Object.entries(headers).flat()];
  }

  succeed(body: object, status = 200): void {
    this.#send(status, ['Content-Type', answerContentType(this.request)], JSON.stringify(body));
  }

  /** Answers 200 with a body that is not Nova's: it is taken for what it is called, and for nothing else. */
  succeedWith(mediaType: string, body: string | Uint8Array): void {
    this.#send(200, ['Content-Type', mediaType, 'X-Content-Type-Options', 'nosniff'], body);
  }

  /** Answers 200 without a body. */
  succeedEmpty(headers: Readonly<Record<string, string>>): void {
    this.#send(200, Object.entries(headers).flat(), '');
  }

  /** Answers 204: what was asked for is done. */
  succeedWithNothing(): void {
    this.#send(204, [], undefined);
  }

  /** @param challenge the `WWW-Authenticate` value of a 401 */
  fail(error: unknown, challenge: string): void {
    const fault = toFault(error, challenge);
    const headers = ['Content-Type', FAULT_TYPE, ...Object.entries(fault.headers).flat()];
    this.#send(fault.status, headers, JSON.stringify(fault.body));
    if (fault.status >= 500) {
      this.#logger.error({ requestId: this.context.requestId, err: error }, 'the request failed');
    }
  }

  /** @param headers names and values in turn: what Node writes fastest */
  #send(status: number, headers: string[], body: string | Uint8Array | undefined): void {
    const { requestId } = this.context;
    const version = this.#version;
    if (version !== undefined) {
      headers.push('OpenStack-API-Version', `compute ${version}`, 'X-OpenStack-Nova-API-Version', version);
      headers.push('Vary', 'OpenStack-API-Version, X-OpenStack-Nova-API-Version');
    }
    if (this.#headers !== undefined) headers.push(...this.#headers);
    if (body !== undefined) headers.push('Content-Length', String(Buffer.byteLength(body)));
    headers.push('Cache-Control', 'no-store');
    headers.push('x-openstack-request-id', requestId, 'x-compute-request-id', requestId);
    this.#response.writeHead(status, headers);
    this.#response.end(body);
    const duration = performance.now() - this.#started;
    this.#log(status, duration);
    this.#answered?.({ operation: this.operation, status, duration });
  }

  #log(status: number, duration: number): void {
    if (this.#logger.isLevelEnabled?.('info') === false) return;
    const { method, originalUrl, headers } = this.request;
    const globalId = headers['x-openstack-request-id'];
    this.#logger.info(
      {
        requestId: this.context.requestId,
        globalRequestId:
          typeof globalId === 'string' && GLOBAL_REQUEST_ID.test(globalId) ? globalId : undefined,
        clientAddress: this.context.clientAddress,
        userId: this.credentials?.userId,
        projectId: this.credentials?.projectId,
        method,
        url: loggedUrl(originalUrl, this.#mount),
        status,
        ms: Math.round(duration * 10) / 10,
      },
      'request',
    );
  }
}

/** The client as Express sees it, behind proxies that the application trusts, too; but only what is an address. */
function addressOf(request: Request): string | undefined {
  const forwarded = request.headers['x-forwarded-for'] === undefined ? undefined : request.ip;
  return forwarded !== undefined && isIP(forwarded) > 0 ? forwarded : request.socket.remoteAddress;
}
