import type { NextFunction, Request, Response, Router } from 'express';
import { badRequest, resourceNotFound } from '../fault/api-fault.js';
import { assertMethod, type Pipeline } from '../pipeline.js';
import { assertOwnProject, isProjectId } from '../request/project-in-path.js';
import { publicBase } from '../request/public-base.js';
import { choicesDocument, versionDocument, versionsDocument } from './version-documents.js';

const READ = ['GET', 'HEAD'];

/** The addresses by which clients find their way, and those that lead nowhere. */
export class DiscoveryRoutes {
  readonly #pipeline: Pipeline;
  readonly #publicUrl: string | undefined;
  readonly #openApi: object;

  constructor(pipeline: Pipeline, publicUrl: string | undefined, openApi: object) {
    this.#pipeline = pipeline;
    this.#publicUrl = publicUrl;
    this.#openApi = openApi;
  }

  /** Adds them to a router, after all other routes. */
  addTo(router: Router): void {
    router.all('/', (request, response) => this.#document(request, response, versionsDocument));
    router.all('/openapi.json', (request, response) => {
      this.#document(request, response, () => this.#openApi);
    });
    router.all(['/v2.1', '/v2.1/'], (request, response) => this.#version(request, response));
    router.all(['/v2.1/:project_id', '/v2.1/:project_id/'], (request, response, next) => {
      if (isProjectId(request.params['project_id'])) this.#version(request, response);
      else next();
    });
    router.use((request, response) => this.#nowhere(request, response));
    router.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
      this.#undecodable(error, request, response);
    });
  }

  /** A document for everyone, outside of all versions. */
  #document(request: Request, response: Response, document: (base: string) => object): void {
    this.#pipeline.answer(request, response, async (exchange) => {
      if (request.method === 'OPTIONS') return exchange.succeedEmpty({ Allow: READ.join(', ') });
      assertMethod(request.method, READ);
      exchange.succeed(document(publicBase(request, this.#publicUrl)));
    });
  }

  /** The version's document: for everyone, but with a project in the path for its members. */
  #version(request: Request, response: Response): void {
    this.#pipeline.answer(request, response, async (exchange) => {
      if (request.method === 'OPTIONS') return exchange.succeedEmpty({ Allow: READ.join(', ') });
      const projectId = request.params['project_id'];
      const credentials = typeof projectId === 'string' ? await this.#pipeline.admit(exchange) : undefined;
      assertMethod(request.method, READ);
      this.#pipeline.negotiate(exchange);
      if (credentials && typeof projectId === 'string') assertOwnProject(projectId, credentials);
      exchange.succeed(versionDocument(publicBase(request, this.#publicUrl)));
    });
  }

  /** No such path: 404 to those who may know, 300 where only the version is missing. */
  #nowhere(request: Request, response: Response): void {
    this.#pipeline.answer(request, response, async (exchange) => {
      const { path } = request;
      if (/^\/v2(?:\.0)?(?:\/|$)/.test(path)) throw resourceNotFound();
      if (!/^\/(?:v2\.1|console)\//.test(path)) {
        return exchange.succeed(choicesDocument(publicBase(request, this.#publicUrl), path), 300);
      }
      await this.#pipeline.admit(exchange);
      throw resourceNotFound();
    });
  }

  /** The router could not decode a parameter in the path. */
  #undecodable(error: unknown, request: Request, response: Response): void {
    this.#pipeline.answer(request, response, async (exchange) => {
      await this.#pipeline.admit(exchange);
      throw error instanceof URIError ? badRequest('Malformed request URL: invalid percent-encoding') : error;
    });
  }
}
