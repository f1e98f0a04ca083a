import {
  type AuthPort,
  type Credentials,
  type Logger,
  type Microversion,
  microversionWithin,
  type Random,
} from '@remote-consoles/core';
import type { Request, Response } from 'express';
import { actionName } from './actions/action-name.js';
import { type AnswerObserver, Exchange } from './exchange.js';
import { badRequest, methodNotAllowed, resourceNotFound } from './fault/api-fault.js';
import { requestedVersion, supportedVersion } from './microversion/negotiate-microversion.js';
import { MAX_VERSION, MIN_VERSION } from './microversion/supported-versions.js';
import type { RateGate } from './rate-limit/rate-gate.js';
import { authenticate } from './request/authenticate.js';
import { assertContentType } from './request/content-type.js';
import { type JsonBody, NO_BODY, parseJsonBody } from './request/json-body.js';
import { assertOwnProject } from './request/project-in-path.js';
import { publicBase } from './request/public-base.js';
import { assertAnnouncedLength, readBody } from './request/read-body.js';
import type { LinkBase, Operation, Resource } from './resource.js';
import { shortened } from './schema/shortened.js';

export interface PipelineSettings {
  readonly auth: AuthPort;
  readonly rates: RateGate;
  readonly random: Random;
  readonly logger: Logger;
  readonly answered: AnswerObserver | undefined;
  readonly publicUrl: string | undefined;
  /** bytes */
  readonly maxBodySize: number;
}

/** The way of every request through the API: Nova's checks in Nova's order, then the operation. */
export class Pipeline {
  readonly #settings: PipelineSettings;

  constructor(settings: PipelineSettings) {
    this.#settings = settings;
  }

  /** Makes the handler of a resource. The order of its lines is the order in which mistakes are reported. */
  handlerOf(resource: Resource): (request: Request, response: Response) => void {
    const allowed = allowedMethods(resource);
    return (request, response) => {
      this.answer(request, response, async (exchange) => {
        if (request.method === 'OPTIONS') return exchange.succeedEmpty({ Allow: allowed.join(', ') });
        exchange.operation = operationOf(resource, request.method)?.name;
        const credentials = await this.admit(exchange);
        assertMethod(request.method, allowed);
        const version = this.negotiate(exchange);
        const body = await this.#body(request);
        const operation = pickOperation(resource, request.method, body);
        exchange.operation = operation.name;
        const params = request.params as Readonly<Record<string, string | undefined>>;
        assertOwnProject(params['project_id'], credentials);
        assertExistsAt(operation, version);
        const answer = await operation.handle({
          credentials,
          version,
          params,
          body,
          context: exchange.context,
          query: () => queryOf(request),
          links: () => this.#links(request, params['project_id']),
        });
        exchange.succeed(answer);
      });
    };
  }

  /** Gives the request an id, and an answer whatever happens. */
  answer(request: Request, response: Response, work: (exchange: Exchange) => Promise<void>): void {
    const { random } = this.#settings;
    const exchange = new Exchange(request, response, `req-${random.uuid()}`, this.#settings);
    void this.#finish(exchange, response, work);
  }

  async #finish(
    exchange: Exchange,
    response: Response,
    work: (exchange: Exchange) => Promise<void>,
  ): Promise<void> {
    try {
      await work(exchange);
    } catch (error) {
      try {
        exchange.fail(error, this.#settings.auth.challenge);
      } catch {
        if (!response.writableEnded) response.destroy();
      }
    }
  }

  /** Says who asks. A body that is too large, or one POST too many, is refused even before that. */
  async admit(exchange: Exchange): Promise<Credentials> {
    const { auth, rates, maxBodySize } = this.#settings;
    assertAnnouncedLength(exchange.request, maxBodySize);
    const limited = exchange.request.method === 'POST';
    if (limited) await rates.checkAddress(exchange);
    const credentials = await authenticate(auth, exchange.request.headers);
    exchange.credentials = credentials;
    if (limited) await rates.checkUser(exchange, credentials.userId);
    return credentials;
  }

  /** Settles the microversion, which every later answer names, and checks the Content-Type. */
  negotiate(exchange: Exchange): Microversion {
    const { headers } = exchange.request;
    const text = requestedVersion(headers);
    exchange.setVersion(text);
    const version = supportedVersion(text);
    assertContentType(headers['content-type']);
    return version;
  }

  async #body(request: Request): Promise<JsonBody> {
    if (request.method !== 'POST') return NO_BODY;
    const bytes = await readBody(request, this.#settings.maxBodySize);
    return bytes === undefined ? NO_BODY : parseJsonBody(bytes);
  }

  /** Where the API is reached, without a trailing slash. */
  base(request: Request): string {
    return publicBase(request, this.#settings.publicUrl);
  }

  #links(request: Request, projectId: string | undefined): LinkBase {
    const base = this.base(request);
    const project = projectId === undefined ? '' : `/${projectId}`;
    return { self: `${base}/v2.1${project}`, bookmark: `${base}${project}` };
  }
}

/** @throws ApiFault 405 */
export function assertMethod(method: string, allowed: readonly string[]): void {
  if (!allowed.includes(method)) throw methodNotAllowed(method, allowed.join(', '));
}

function allowedMethods({ operations, actions }: Resource): readonly string[] {
  return [...(operations.GET ? ['GET', 'HEAD'] : []), ...(operations.POST || actions ? ['POST'] : [])];
}

/** What the method asks for, where that does not depend on the body. */
function operationOf({ operations }: Resource, method: string): Operation | undefined {
  if (method === 'POST') return operations.POST;
  return method === 'GET' || method === 'HEAD' ? operations.GET : undefined;
}

function pickOperation({ operations, actions }: Resource, method: string, body: JsonBody): Operation {
  const name = method === 'POST' && actions ? actionName(body) : undefined;
  const operation = name === undefined ? operations[method === 'POST' ? 'POST' : 'GET'] : actions?.get(name);
  if (!operation) throw badRequest(`There is no such action: ${shortened(name ?? '')}`);
  return operation;
}

function assertExistsAt({ since, until }: Operation, version: Microversion): void {
  if (!microversionWithin(version, since ?? MIN_VERSION, until ?? MAX_VERSION)) throw resourceNotFound();
}

export function queryOf({ url }: Request): URLSearchParams {
  const at = url.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : url.slice(at));
}
