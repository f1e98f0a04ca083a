/** The API as a member of a project uses it. */
export class ApiClient {
  readonly base: string;
  readonly #token: string;

  constructor(base: string, token: string) {
    this.base = base;
    this.#token = token;
  }

  async get(path: string, microversion = '2.6'): Promise<Response> {
    return fetch(this.base + path, { headers: this.#headers(microversion) });
  }

  async post(path: string, body: unknown, microversion: string): Promise<Response> {
    const headers = { ...this.#headers(microversion), 'Content-Type': 'application/json' };
    return fetch(this.base + path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  askForConsole(serverId: string, protocol: string, type: string, microversion = '2.8'): Promise<Response> {
    const body = { remote_console: { protocol, type } };
    return this.post(`/v2.1/servers/${serverId}/remote-consoles`, body, microversion);
  }

  /** The URL of a console that must be had. */
  async consoleUrl(serverId: string, protocol: string, type: string): Promise<string> {
    const response = await this.askForConsole(serverId, protocol, type);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${protocol} of ${serverId}: ${response.status} ${text}`);
    return (JSON.parse(text) as { remote_console: { url: string } }).remote_console.url;
  }

  async serverId(name: string): Promise<string> {
    const { servers } = (await (await this.get('/v2.1/servers')).json()) as {
      servers: { id: string; name: string }[];
    };
    const server = servers.find((candidate) => candidate.name === name);
    if (!server) throw new Error(`there is no server ${name}`);
    return server.id;
  }

  #headers(microversion: string): Record<string, string> {
    return { 'X-Auth-Token': this.#token, 'OpenStack-API-Version': `compute ${microversion}` };
  }
}
