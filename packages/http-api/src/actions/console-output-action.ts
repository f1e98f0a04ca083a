import type { ReadConsoleOutput } from '@remote-consoles/core';
import { badRequest } from '../fault/api-fault.js';
import { serverIdOf } from '../request/server-id.js';
import type { Operation } from '../resource.js';
import { RequestSchema } from '../schema/compile-schema.js';
import { belowMinimum, invalidInput } from '../schema/nova-message.js';
import { pythonInt } from '../schema/python-value.js';

export const CONSOLE_OUTPUT_ACTION = 'os-getConsoleOutput';

/** Every line. Nova's documentation says so too, but its code then drops the first line. */
const UNLIMITED = -1;

interface ConsoleOutputBody {
  readonly [CONSOLE_OUTPUT_ACTION]: { readonly length?: number | string | null };
}

const REQUEST = new RequestSchema<ConsoleOutputBody>({
  type: 'object',
  properties: {
    [CONSOLE_OUTPUT_ACTION]: {
      type: 'object',
      properties: {
        length: {
          type: ['integer', 'string', 'null'],
          pattern: '^-?[0-9]+$',
          minimum: UNLIMITED,
        },
      },
      additionalProperties: false,
    },
  },
  required: [CONSOLE_OUTPUT_ACTION],
  additionalProperties: false,
});

/** The action that shows what a server has printed on its console. */
export function consoleOutputAction(readConsoleOutput: Pick<ReadConsoleOutput, 'execute'>): Operation {
  return {
    name: CONSOLE_OUTPUT_ACTION,
    summary: "Shows the last lines of a server's console output",
    request: REQUEST.schema,
    answer: {
      type: 'object',
      properties: { output: { type: 'string' } },
      required: ['output'],
      additionalProperties: false,
    },
    faults: [403, 404, 409, 501],
    handle: async ({ body, credentials, params, context }) => {
      const { length } = REQUEST.parseBody(body)[CONSOLE_OUTPUT_ACTION];
      const lines = lineCount(length ?? UNLIMITED);
      const output = await readConsoleOutput.execute({
        credentials,
        serverId: serverIdOf(params),
        ...(lines !== UNLIMITED && { lines }),
        context,
      });
      return { output };
    },
  };
}

/** JSON Schema's `minimum` passes over strings; Nova applies it to numeric ones as well. */
function lineCount(length: number | string): number {
  const lines = Number(length);
  if (lines >= UNLIMITED) return lines;
  const message = belowMinimum(pythonInt(String(length)), UNLIMITED);
  throw badRequest(invalidInput('length', String(length), message));
}
