import {
  type ListSessions,
  type ShowSession,
  sessionNotFound,
  type TerminateSession,
} from '@remote-consoles/core';
import type { ConsoleOperation, ConsoleResource } from '../console-namespace/console-resource.js';
import { isPossibleId } from '../request/possible-id.js';
import type { JsonSchema } from '../schema/json-schema.js';
import { shortened } from '../schema/shortened.js';
import { parseSessionListQuery, SESSION_LIST_QUERY } from './session-list-query.js';
import { SESSION, showSession } from './session-view.js';

const LINK: JsonSchema = {
  type: 'object',
  properties: { rel: { const: 'next' }, href: { type: 'string' } },
  required: ['rel', 'href'],
  additionalProperties: false,
};

/** `/console/sessions` and `/console/sessions/{session_id}`: who is connected to what, and the end of it. */
export function sessionsResources(deps: {
  readonly listSessions: Pick<ListSessions, 'execute'>;
  readonly showSession: Pick<ShowSession, 'execute'>;
  readonly terminateSession: Pick<TerminateSession, 'execute'>;
}): readonly ConsoleResource[] {
  return [
    { path: '/sessions', operations: { GET: listOperation(deps.listSessions) } },
    {
      path: '/sessions/{session_id}',
      operations: {
        GET: showOperation(deps.showSession),
        DELETE: terminateOperation(deps.terminateSession),
      },
    },
  ];
}

function listOperation(listSessions: Pick<ListSessions, 'execute'>): ConsoleOperation {
  return {
    name: 'listSessions',
    summary: 'Lists open sessions',
    query: SESSION_LIST_QUERY.schema,
    answer: {
      'application/json': {
        type: 'object',
        properties: {
          sessions: { type: 'array', items: SESSION },
          sessions_links: { type: 'array', items: LINK },
        },
        required: ['sessions'],
        additionalProperties: false,
      },
    },
    faults: [403],
    handle: async ({ credentials, query, base }) => {
      const asked = query();
      const { sessions, more } = await listSessions.execute({ credentials, ...parseSessionListQuery(asked) });
      const last = sessions.at(-1);
      const body = { sessions: sessions.map(showSession) };
      if (!more || !last) return { kind: 'json', body };
      asked.set('marker', last.id);
      const next = { rel: 'next', href: `${base()}/console/sessions?${asked}` };
      return { kind: 'json', body: { ...body, sessions_links: [next] } };
    },
  };
}

function showOperation(show: Pick<ShowSession, 'execute'>): ConsoleOperation {
  return {
    name: 'showSession',
    summary: 'Shows an open session',
    answer: {
      'application/json': {
        type: 'object',
        properties: { session: SESSION },
        required: ['session'],
        additionalProperties: false,
      },
    },
    faults: [403],
    handle: async ({ credentials, params }) => {
      const session = await show.execute({ credentials, sessionId: sessionIdOf(params) });
      return { kind: 'json', body: { session: showSession(session) } };
    },
  };
}

function terminateOperation(terminateSession: Pick<TerminateSession, 'execute'>): ConsoleOperation {
  return {
    name: 'terminateSession',
    summary: 'Ends a session within 1 s, on whichever gateway it is',
    faults: [403],
    handle: async ({ credentials, params, context }) => {
      await terminateSession.execute({ credentials, sessionId: sessionIdOf(params), context });
      return { kind: 'done' };
    },
  };
}

/** @throws ConsoleError `session-not-found` */
function sessionIdOf(params: Readonly<Record<string, string | undefined>>): string {
  const id = params['session_id'] ?? '';
  if (!isPossibleId(id)) throw sessionNotFound(shortened(id));
  return id;
}
