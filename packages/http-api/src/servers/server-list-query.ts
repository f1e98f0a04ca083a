import { type Server, serverStatus } from '@remote-consoles/core';
import { badRequest } from '../fault/api-fault.js';
import { RequestSchema } from '../schema/compile-schema.js';
import type { JsonSchema } from '../schema/json-schema.js';
import { shortened } from '../schema/shortened.js';
import { NamePattern } from './name-pattern.js';

/** As many servers as one answer holds (Nova's `[api] max_limit`). */
const MAX_LIMIT = 1000;

const TRUE = ['1', 'on', 't', 'true', 'y', 'yes'];
const FALSE = ['0', 'f', 'false', 'n', 'no', 'off'];

const text: JsonSchema = { type: 'array', items: { type: 'string' } };

/** The query parameters that are understood; others are ignored, as Nova does before 2.75. */
export const SERVER_LIST_QUERY = new RequestSchema<Readonly<Record<string, readonly string[]>>>({
  type: 'object',
  properties: {
    limit: { type: 'array', items: { type: 'string', pattern: '^[0-9]*$', minLength: 1 } },
    marker: text,
    name: text,
    status: text,
    all_tenants: text,
    project_id: text,
    tenant_id: text,
  },
});

/** What a client wants to see of its servers. */
export class ServerListQuery {
  readonly allProjects: boolean;
  readonly #query: URLSearchParams;

  /** @throws ApiFault 400 */
  constructor(query: URLSearchParams) {
    SERVER_LIST_QUERY.parseQuery(query);
    this.#query = query;
    this.allProjects = query.has('all_tenants') && isTrue(query.get('all_tenants') ?? '');
  }

  /**
   * Filters, sorts (the newest first) and cuts out the page that is asked for.
   *
   * @returns the page, and the query of the next one where there is more
   * @throws ApiFault 400 where the marker is not among the servers
   */
  page(servers: readonly Server[]): { readonly page: readonly Server[]; readonly next?: string } {
    const sorted = this.#filter(servers).sort(byAge);
    const start = this.#start(sorted);
    const limit = Math.min(Number(this.#query.get('limit') ?? 0) || MAX_LIMIT, MAX_LIMIT);
    const page = sorted.slice(start, start + limit);
    const last = page.at(-1);
    if (last === undefined || start + page.length === sorted.length) return { page };
    const next = new URLSearchParams(this.#query);
    next.set('marker', last.id);
    return { page, next: next.toString() };
  }

  #filter(servers: readonly Server[]): Server[] {
    const name = this.#query.get('name');
    const pattern = name === null ? undefined : new NamePattern(name);
    const statuses = this.#query.getAll('status').map((status) => status.toUpperCase());
    const project = this.#query.get('project_id') ?? this.#query.get('tenant_id');
    return servers.filter(
      (server) =>
        (project === null || server.projectId === project) &&
        (statuses.length === 0 || statuses.includes(serverStatus(server))) &&
        (pattern === undefined || pattern.matches(server.name)),
    );
  }

  #start(sorted: readonly Server[]): number {
    const marker = this.#query.get('marker');
    if (marker === null) return 0;
    const at = sorted.findIndex((server) => server.id === marker);
    if (at < 0) throw badRequest(`marker [${shortened(marker)}] not found`);
    return at + 1;
  }
}

/** The empty value means yes, as in Nova. */
function isTrue(value: string): boolean {
  const word = value.trim().toLowerCase();
  if (word === '' || TRUE.includes(word)) return true;
  if (FALSE.includes(word)) return false;
  const words = [...TRUE, ...FALSE]
    .sort()
    .map((known) => `'${known}'`)
    .join(', ');
  throw badRequest(
    `Invalid input received: Unrecognized value '${shortened(value)}', acceptable values are: ${words}`,
  );
}

function byAge(a: Server, b: Server): number {
  return (b.createdAt ?? 0) - (a.createdAt ?? 0) || (a.id < b.id ? 1 : -1);
}
