import { type ApiAddress, askApi } from './api-request.js';
import { ClientError } from './client-error.js';
import {
  CONSOLE_FACTS,
  type ConnectInfo,
  type ConsoleType,
  type RemoteConsole,
  readConnectInfo,
  readRemoteConsole,
} from './console.js';
import { type Json, list, member, object, textAt } from './json.js';
import { isAtLeast } from './microversion.js';
import { readServer, type Server } from './server.js';

/** ms */
const DEFAULT_TIMEOUT = 30_000;
const FIRST_VERSION = '2.1';
/** The first that shows connect information of every type, and the first that shows TLS ports. */
const CONNECT_INFO_SINCE = '2.31';
const TLS_PORT_SINCE = '2.99';

export interface ClientOptions {
  /** The compute endpoint, as in the service catalogue: `https://cloud.example.org:8774/v2.1`. */
  readonly endpoint: string | URL;
  /** The API token, or a function that gets one for each request. */
  readonly token: string | (() => string | Promise<string>);
  /** ms for a whole answer; default 30000 */
  readonly timeout?: number;
  /** Instead of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
}

export interface ServerFilter {
  /** A text, or a regular expression as Nova's database reads it, that occurs in the name. */
  readonly name?: string;
  readonly status?: string;
  /** The servers of all projects; for administrators. */
  readonly allProjects?: boolean;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

/**
 * Asks for consoles, and for the servers that have them. Works with Nova as well. Every method throws
 * {@link ClientError}, or the signal's reason where its caller aborts.
 */
export class RemoteConsolesClient {
  readonly #api: ApiAddress;

  /** @throws TypeError where the endpoint is no http(s) URL */
  constructor({ endpoint, token, timeout = DEFAULT_TIMEOUT, fetch = globalThis.fetch }: ClientOptions) {
    const { protocol, origin, pathname } = new URL(endpoint);
    if (protocol !== 'http:' && protocol !== 'https:') {
      throw new TypeError('the endpoint must be an http or https URL');
    }
    this.#api = {
      endpoint: origin + pathname.replace(/\/+$/, ''),
      token: typeof token === 'string' ? () => token : token,
      timeout,
      // A browser's fetch insists on its own `this`.
      fetch: (...request) => fetch(...request),
    };
  }

  /** A new console of a server. */
  async createConsole(
    serverId: string,
    type: ConsoleType,
    options: CallOptions = {},
  ): Promise<RemoteConsole> {
    const { protocol, since } = CONSOLE_FACTS[type];
    const path = `/servers/${encodeURIComponent(serverId)}/remote-consoles`;
    const answer = await this.#post(path, { remote_console: { protocol, type } }, since, options);
    return readRemoteConsole(answer, type);
  }

  /** The servers that the user sees, page by page until all are there. */
  async listServers(filter: ServerFilter = {}, options: CallOptions = {}): Promise<readonly Server[]> {
    const servers: Server[] = [];
    const seen = new Set<string>();
    for (let query: string | undefined = queryOf(filter); query !== undefined && !seen.has(query); ) {
      seen.add(query);
      const page = object(await this.#get(`/servers/detail${query}`, FIRST_VERSION, options));
      servers.push(...list(member(page, 'servers')).map(readServer));
      query = nextQuery(page['servers_links']);
    }
    return servers;
  }

  async showServer(serverId: string, options: CallOptions = {}): Promise<Server> {
    const path = `/servers/${encodeURIComponent(serverId)}`;
    return readServer(member(object(await this.#get(path, FIRST_VERSION, options)), 'server'));
  }

  /**
   * The server with this id, or else the only one with exactly this name.
   *
   * @throws ClientError `not-found`, `ambiguous-name`
   */
  async findServer(idOrName: string, options: CallOptions = {}): Promise<Server> {
    const byId = await this.showServer(idOrName, options).catch((error: unknown) => {
      if (error instanceof ClientError && error.code === 'not-found') return undefined;
      throw error;
    });
    if (byId) return byId;
    const [server, another] = (await this.listServers({ name: idOrName }, options)).filter(
      ({ name }) => name === idOrName,
    );
    if (!server) throw new ClientError('not-found', `there is no server with the id or name ${idOrName}`);
    if (!another) return server;
    throw new ClientError('ambiguous-name', `several servers have the name ${idOrName}; give an id`);
  }

  /**
   * The last lines that a server has printed on its console; all that are kept without `lines`.
   *
   * @throws ClientError `not-found` also where the server has no console log
   */
  async readConsoleOutput(
    serverId: string,
    { lines, ...options }: CallOptions & { readonly lines?: number } = {},
  ): Promise<string> {
    const path = `/servers/${encodeURIComponent(serverId)}/action`;
    const body = { 'os-getConsoleOutput': lines === undefined ? {} : { length: lines } };
    return textAt(object(await this.#post(path, body, FIRST_VERSION, options)), 'output');
  }

  /** Where a console token leads; for administrators and proxies. Looking does not use the token. */
  async showConnectInfo(consoleToken: string, options: CallOptions = {}): Promise<ConnectInfo> {
    const { max } = await this.showVersions(options);
    const version = isAtLeast(max, TLS_PORT_SINCE) ? TLS_PORT_SINCE : CONNECT_INFO_SINCE;
    const path = `/os-console-auth-tokens/${encodeURIComponent(consoleToken)}`;
    return readConnectInfo(await this.#get(path, version, options));
  }

  /** The oldest and the newest microversion that the API has. */
  async showVersions(options: CallOptions = {}): Promise<{ readonly min: string; readonly max: string }> {
    const version = object(member(object(await this.#get('/', FIRST_VERSION, options)), 'version'));
    return { min: textAt(version, 'min_version'), max: textAt(version, 'version') };
  }

  #get(path: string, microversion: string, { signal }: CallOptions): Promise<Json> {
    return askApi(this.#api, { method: 'GET', path, microversion, signal });
  }

  #post(path: string, body: object, microversion: string, { signal }: CallOptions): Promise<Json> {
    return askApi(this.#api, { method: 'POST', path, body, microversion, signal });
  }
}

function queryOf({ name, status, allProjects }: ServerFilter): string {
  const query = new URLSearchParams({
    ...(name !== undefined && { name }),
    ...(status !== undefined && { status }),
    ...(allProjects && { all_tenants: '1' }),
  }).toString();
  return query && `?${query}`;
}

/** Only the query of the link is followed: its host may be wrong behind a proxy, and the token goes nowhere else. */
function nextQuery(links: Json): string | undefined {
  const next = Array.isArray(links) ? links.map(object).find(({ rel }) => rel === 'next') : undefined;
  const href = next && textAt(next, 'href');
  return href?.includes('?') ? href.slice(href.indexOf('?')) : undefined;
}
