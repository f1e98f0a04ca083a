import type { Server as HttpServer } from 'node:http';
import { createApi, createHttpServer } from '@remote-consoles/http-api';
import { viewerFiles } from '@remote-consoles/viewer';
import express, { Router } from 'express';
import type { Container } from 'inversify';
import { Id } from '../composition/identifiers.js';
import { publicUrl } from '../config/console-offers.js';
import { healthRouter } from './health.js';
import { viewerPages } from './viewer-pages.js';

/** The one port: health, pages, consoles and the API. */
export function createHttp(container: Container, state: { readonly draining: () => boolean }): HttpServer {
  const config = container.get(Id.Config);
  const gateway = container.get(Id.Gateway);
  const ports = {
    hypervisor: container.get(Id.Hypervisor),
    tokens: container.get(Id.TokenStore),
    auth: container.get(Id.Auth),
  };
  const app = express();
  const reads = Router();
  reads.use(healthRouter({ ...ports, draining: state.draining }));
  reads.use(viewerPages(viewerFiles({ frameAncestors: ["'self'", ...config.viewer.frameAncestors] })));
  reads.use((request, response, next) => {
    if (!gateway.handleGet(request, response)) next();
  });
  // Everything but the API is read: its POSTs, the busiest of all, go straight past.
  app.use((request, response, next) => {
    if (request.method === 'GET' || request.method === 'HEAD') reads(request, response, next);
    else next();
  });
  app.use(
    createApi({
      createRemoteConsole: container.get(Id.CreateRemoteConsole),
      listServers: container.get(Id.ListServers),
      showServer: container.get(Id.ShowServer),
      showConnectInfo: container.get(Id.ShowConnectInfo),
      readConsoleOutput: container.get(Id.ReadConsoleOutput),
      takeScreenshot: container.get(Id.TakeScreenshot),
      policy: container.get(Id.Policy),
      auth: ports.auth,
      random: container.get(Id.Random),
      logger: container.get(Id.Logger),
      publicUrl: publicUrl(config),
    }),
  );
  const http = createHttpServer(app);
  http.on('upgrade', (request, socket, head) => gateway.handleUpgrade(request, socket, head));
  return http;
}
