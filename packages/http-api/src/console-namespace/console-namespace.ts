import type { Request, Response, Router } from 'express';
import { assertMethod, type Pipeline } from '../pipeline.js';
import { routePath } from '../request/route-path.js';
import type { ConsoleAnswer, ConsoleResource } from './console-resource.js';

const READ = ['GET', 'HEAD'];

/** Adds a resource below `/console`. The order of the lines is the order in which mistakes are reported. */
export function routeConsoleResource(router: Router, pipeline: Pipeline, resource: ConsoleResource): void {
  router.all(`/console${routePath(resource.path)}`, (request: Request, response: Response) => {
    pipeline.answer(request, response, async (exchange) => {
      if (request.method === 'OPTIONS') return exchange.succeedEmpty({ Allow: READ.join(', ') });
      exchange.operation = resource.operations.GET.name;
      const credentials = await pipeline.admit(exchange);
      assertMethod(request.method, READ);
      const params = request.params as Readonly<Record<string, string | undefined>>;
      const { context } = exchange;
      const answer = await resource.operations.GET.handle({ credentials, params, context });
      exchange.succeedWith(...bodyOf(answer));
    });
  });
}

function bodyOf(answer: ConsoleAnswer): [mediaType: string, body: string | Uint8Array] {
  switch (answer.kind) {
    case 'json':
      return ['application/json', JSON.stringify(answer.body)];
    case 'picture':
      return [answer.mediaType, answer.data];
  }
}
