import type { Server as HttpServer } from 'node:http';
import type { SecureContextOptions } from 'node:tls';
import { type AnswerObserver, createApi, createHttpServer } from '@remote-consoles/http-api';
import express, { type RequestHandler, Router } from '@remote-consoles/http-api/express';
import type { Container } from 'inversify';
import { Id } from '../composition/identifiers.js';
import { publicUrl } from '../config/console-offers.js';
import { addressFilter } from '../config/proxy-address.js';
import type { Role } from '../config/role.js';
import type { Metrics } from '../metrics/metrics.js';
import { healthRouter } from './health.js';
import { viewerPages } from './viewer-pages.js';

export interface HttpSettings {
  /** What is served here besides the health of the process. */
  readonly roles: readonly Role[];
  readonly tls: SecureContextOptions | undefined;
  readonly draining: () => boolean;
}

/** The server of one listener: health, and by its roles pages and consoles, and the API. */
export function createHttp(container: Container, { roles, tls, draining }: HttpSettings): HttpServer {
  const gateway = roles.includes('gateway') ? container.get(Id.Gateway) : undefined;
  const app = express();
  app.set('trust proxy', addressFilter(container.get(Id.Config).trustedProxies));
  const reads = Router().use(healthRouter(container.get(Id.Health), draining));
  if (gateway) {
    reads.use(viewerPages(container.get(Id.Pages)));
    reads.use((request, response, next) => {
      if (!gateway.handleGet(request, response)) next();
    });
  }
  const rest = roles.includes('api') ? api(container) : nothingElse;
  // Everything but the API is read: its POSTs, the busiest of all, go straight past, through one layer only.
  app.use((request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') rest(request, response, next);
    else reads(request, response, (error) => (error ? next(error) : rest(request, response, next)));
  });
  const http = tls ? createHttpServer(app, tls) : createHttpServer(app);
  if (gateway) http.on('upgrade', (request, socket, head) => gateway.handleUpgrade(request, socket, head));
  return http;
}

function api(container: Container): Router {
  return createApi({
    createRemoteConsole: container.get(Id.CreateRemoteConsole),
    listServers: container.get(Id.ListServers),
    showServer: container.get(Id.ShowServer),
    showConnectInfo: container.get(Id.ShowConnectInfo),
    readConsoleOutput: container.get(Id.ReadConsoleOutput),
    takeScreenshot: container.get(Id.TakeScreenshot),
    listSessions: container.get(Id.ListSessions),
    showSession: container.get(Id.ShowSession),
    terminateSession: container.get(Id.TerminateSession),
    policy: container.get(Id.Policy),
    auth: container.get(Id.Auth),
    random: container.get(Id.Random),
    logger: container.get(Id.Logger),
    answered: container.isBound(Id.Metrics) ? countAnswers(container.get(Id.Metrics)) : undefined,
    rateLimits: container.get(Id.ApiRateLimits),
    publicUrl: publicUrl(container.get(Id.Config)),
  });
}

function countAnswers({ api }: Metrics): AnswerObserver {
  return (answered) => api.answered(answered);
}

/** Without the API there is nothing else; who asks for it here has the wrong address. */
const nothingElse: RequestHandler = (_request, response) => {
  response.status(404).set('Cache-Control', 'no-store').type('text/plain').send('There is nothing here.\n');
};
