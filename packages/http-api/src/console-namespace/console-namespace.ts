import type { Request, Response, Router } from 'express';
import type { Exchange } from '../exchange.js';
import { methodNotAllowed } from '../fault/api-fault.js';
import { type Pipeline, queryOf } from '../pipeline.js';
import { routePath } from '../request/route-path.js';
import {
  CONSOLE_METHODS,
  type ConsoleAnswer,
  type ConsoleOperation,
  type ConsoleResource,
} from './console-resource.js';

/** Adds a resource below `/console`. The order of the lines is the order in which mistakes are reported. */
export function routeConsoleResource(router: Router, pipeline: Pipeline, resource: ConsoleResource): void {
  const allowed = allowedMethods(resource).join(', ');
  router.all(`/console${routePath(resource.path)}`, (request: Request, response: Response) => {
    pipeline.answer(request, response, async (exchange) => {
      if (request.method === 'OPTIONS') return exchange.succeedEmpty({ Allow: allowed });
      const operation = operationOf(resource, request.method);
      exchange.operation = operation?.name;
      const credentials = await pipeline.admit(exchange);
      if (!operation) throw methodNotAllowed(request.method, allowed);
      const params = request.params as Readonly<Record<string, string | undefined>>;
      const answer = await operation.handle({
        credentials,
        params,
        query: () => queryOf(request),
        base: () => pipeline.base(request),
        context: exchange.context,
      });
      send(exchange, answer);
    });
  });
}

function allowedMethods({ operations }: ConsoleResource): readonly string[] {
  return CONSOLE_METHODS.filter((method) => operations[method]).flatMap((method) =>
    method === 'GET' ? ['GET', 'HEAD'] : [method],
  );
}

function operationOf({ operations }: ConsoleResource, method: string): ConsoleOperation | undefined {
  const asked = method === 'HEAD' ? 'GET' : method;
  const known = CONSOLE_METHODS.find((each) => each === asked);
  return known && operations[known];
}

function send(exchange: Exchange, answer: ConsoleAnswer): void {
  switch (answer.kind) {
    case 'done':
      exchange.succeedWithNothing();
      return;
    case 'json':
      exchange.succeedWith('application/json', JSON.stringify(answer.body));
      return;
    case 'picture':
      exchange.succeedWith(answer.mediaType, answer.data);
  }
}
