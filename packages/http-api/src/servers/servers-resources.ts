import type { ListServers, ShowServer } from '@remote-consoles/core';
import { serverIdOf } from '../request/server-id.js';
import type { Operation, Resource } from '../resource.js';
import { SERVER_LIST_QUERY, ServerListQuery } from './server-list-query.js';
import { SERVER_DETAIL, SERVER_SUMMARY, serverList, showDetail, showSummary } from './server-view.js';

type List = Pick<ListServers, 'execute'>;

/** `GET /servers`, `/servers/detail` and `/servers/{server_id}`: what clients need to find a server. */
export function serversResources(deps: {
  readonly listServers: List;
  readonly showServer: Pick<ShowServer, 'execute'>;
}): readonly Resource[] {
  return [
    { path: '/servers', operations: { GET: listOperation(deps.listServers, 'index') } },
    { path: '/servers/detail', operations: { GET: listOperation(deps.listServers, 'detail') } },
    { path: '/servers/{server_id}', operations: { GET: showOperation(deps.showServer) } },
  ];
}

function listOperation(listServers: List, view: 'index' | 'detail'): Operation {
  const detailed = view === 'detail';
  return {
    name: detailed ? 'listServersDetailed' : 'listServers',
    summary: detailed ? 'Lists servers in detail' : 'Lists servers',
    query: SERVER_LIST_QUERY.schema,
    answer: serverList(detailed ? SERVER_DETAIL : SERVER_SUMMARY),
    faults: [403],
    handle: async ({ query, credentials, links, version }) => {
      const wanted = new ServerListQuery(query());
      const { allProjects } = wanted;
      const { page, next } = wanted.page(await listServers.execute({ credentials, view, allProjects }));
      const base = links();
      const path = detailed ? '/servers/detail' : '/servers';
      return {
        servers: page.map((server) =>
          detailed ? showDetail(server, base, version) : showSummary(server, base),
        ),
        ...(next !== undefined && { servers_links: [{ rel: 'next', href: `${base.self}${path}?${next}` }] }),
      };
    },
  };
}

function showOperation(showServer: Pick<ShowServer, 'execute'>): Operation {
  return {
    name: 'showServer',
    summary: 'Shows a server',
    answer: {
      type: 'object',
      properties: { server: SERVER_DETAIL },
      required: ['server'],
      additionalProperties: false,
    },
    faults: [403, 404],
    handle: async ({ credentials, params, links, version }) => {
      const server = await showServer.execute({ credentials, serverId: serverIdOf(params) });
      return { server: showDetail(server, links(), version) };
    },
  };
}
