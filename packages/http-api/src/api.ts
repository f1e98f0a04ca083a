import { validateHeaderValue } from 'node:http';
import type {
  AuthPort,
  CreateRemoteConsole,
  ListServers,
  ListSessions,
  Logger,
  Policy,
  Random,
  ReadConsoleOutput,
  ShowConnectInfo,
  ShowServer,
  ShowSession,
  TakeScreenshot,
  TerminateSession,
} from '@remote-consoles/core';
import { type NextFunction, type Request, type Response, Router } from '#express';
import { consoleActions } from './actions/console-actions.js';
import { CONSOLE_OUTPUT_ACTION, consoleOutputAction } from './actions/console-output-action.js';
import { consoleAuthTokensResource } from './console-auth-tokens/console-auth-tokens-resource.js';
import { routeConsoleResource } from './console-namespace/console-namespace.js';
import type { ConsoleResource } from './console-namespace/console-resource.js';
import { screenshotResource } from './console-namespace/screenshot-resource.js';
import { DiscoveryRoutes } from './discovery/discovery-routes.js';
import type { AnswerObserver } from './exchange.js';
import { openApiDocument } from './openapi/openapi-document.js';
import { Pipeline } from './pipeline.js';
import { RateGate, type RateLimits } from './rate-limit/rate-gate.js';
import { remoteConsolesResource } from './remote-consoles/remote-consoles-resource.js';
import { isProjectId } from './request/project-in-path.js';
import { routePath } from './request/route-path.js';
import type { Resource } from './resource.js';
import { REMOVED_CONSOLES } from './servers/removed-consoles-resource.js';
import { serversResources } from './servers/servers-resources.js';
import { sessionsResources } from './sessions/sessions-resources.js';

/** Nova's `max_request_body_size`, bytes. */
const DEFAULT_MAX_BODY_SIZE = 114_688;

/** What the API needs: core's use cases and ports, and its settings. */
export interface ApiDependencies {
  readonly createRemoteConsole: Pick<CreateRemoteConsole, 'execute'>;
  readonly listServers: Pick<ListServers, 'execute'>;
  readonly showServer: Pick<ShowServer, 'execute'>;
  readonly showConnectInfo: Pick<ShowConnectInfo, 'execute'>;
  readonly readConsoleOutput: Pick<ReadConsoleOutput, 'execute'>;
  readonly takeScreenshot: Pick<TakeScreenshot, 'execute'>;
  readonly listSessions: Pick<ListSessions, 'execute'>;
  readonly showSession: Pick<ShowSession, 'execute'>;
  readonly terminateSession: Pick<TerminateSession, 'execute'>;
  readonly policy: Policy;
  readonly auth: AuthPort;
  readonly random: Random;
  /** Gets a line at `info` for each request, and errors that nobody expected; never a token. */
  readonly logger: Logger;
  /** Told of each request that was answered: for metrics. */
  readonly answered?: AnswerObserver | undefined;
  /**
   * Where clients reach the API, such as `https://cloud.example.org/compute`, for the links in its answers. Without it
   * links repeat the request's Host header, which is wrong behind most proxies.
   */
  readonly publicUrl?: string;
  /** How often POSTs may come; without limit where absent. */
  readonly rateLimits?: RateLimits | undefined;
  /** bytes; default 114688 */
  readonly maxBodySize?: number;
}

/**
 * Nova's API for consoles, microversions 2.1 to 2.99, and what is our own below `/console`, as an Express router. Mount it after everything else: it answers
 * every path that it gets. It reads bodies itself, so no body parser may come before it.
 *
 * @throws TypeError where `auth.challenge` is no header value or `publicUrl` no http(s) URL
 */
export function createApi(deps: ApiDependencies): Router {
  validateHeaderValue('WWW-Authenticate', deps.auth.challenge);
  const { auth, random, logger, answered, maxBodySize = DEFAULT_MAX_BODY_SIZE } = deps;
  const publicUrl = deps.publicUrl === undefined ? undefined : baseOf(deps.publicUrl);
  const pipeline = new Pipeline({
    rates: new RateGate(deps.rateLimits ?? {}),
    auth,
    random,
    logger,
    answered,
    maxBodySize,
    publicUrl,
  });
  const resources = apiResources(deps);
  const consoleResources = ownResources(deps);
  const document = openApiDocument(resources, consoleResources);
  const discovery = new DiscoveryRoutes(pipeline, publicUrl, document);

  const router = Router({ caseSensitive: true, strict: true });
  for (const resource of resources) route(router, pipeline, resource);
  for (const resource of consoleResources) routeConsoleResource(router, pipeline, resource);
  discovery.addTo(router);
  return router;
}

/** Everything below `/v2.1`, the most wanted first. */
function apiResources(deps: ApiDependencies): readonly Resource[] {
  return [
    remoteConsolesResource(deps.createRemoteConsole),
    {
      path: '/servers/{server_id}/action',
      operations: {},
      actions: new Map([
        ...consoleActions(deps),
        [CONSOLE_OUTPUT_ACTION, consoleOutputAction(deps.readConsoleOutput)],
      ]),
    },
    ...serversResources(deps),
    consoleAuthTokensResource(deps.showConnectInfo),
    ...REMOVED_CONSOLES,
  ];
}

/** Everything below `/console`. */
function ownResources(deps: ApiDependencies): readonly ConsoleResource[] {
  return [screenshotResource(deps.takeScreenshot), ...sessionsResources(deps)];
}

function route(router: Router, pipeline: Pipeline, resource: Resource): void {
  const handler = pipeline.handlerOf(resource);
  router.all(
    `/v2.1{/:project_id}${routePath(resource.path)}`,
    (request: Request, response: Response, next: NextFunction) => {
      const projectId = request.params['project_id'];
      if (projectId === undefined || isProjectId(projectId)) handler(request, response);
      else next();
    },
  );
}

function baseOf(publicUrl: string): string {
  const { protocol, origin, pathname } = new URL(publicUrl);
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new TypeError(`publicUrl must be an http or https URL, not ${protocol}`);
  }
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}
