import type { RunningServer } from '../server.js';

const TOKEN = 'demo-member';
const SERVER = 'demo-everything';

/** Prints where the demo is, a request to paste, and a console to click. */
export async function demoBanner({ url }: RunningServer): Promise<void> {
  const api = `${url}/v2.1`;
  const serverId = await findServer(api);
  const consoleUrl = await createConsole(api, serverId);
  process.stdout.write(`
remote-consoles demo, made-up machines with live consoles

  API      ${api}
  tokens   demo-admin, demo-member, demo-reader, demo-norole; demo-other of another project
  console  ${consoleUrl}
           (open it in a browser; a console URL is good for 10 minutes)

Ask for another one:

  curl -s -X POST ${api}/servers/${serverId}/remote-consoles \\
    -H 'X-Auth-Token: ${TOKEN}' -H 'OpenStack-API-Version: compute 2.6' -H 'Content-Type: application/json' \\
    -d '{"remote_console": {"protocol": "vnc", "type": "novnc"}}'

All servers:

  curl -s ${api}/servers/detail -H 'X-Auth-Token: ${TOKEN}'

Stop with Ctrl-C.
`);
}

async function findServer(api: string): Promise<string> {
  const { servers } = await call<{ servers: { id: string; name: string }[] }>(`${api}/servers`);
  const server = servers.find(({ name }) => name === SERVER);
  if (!server) throw new Error(`the demo has no server ${SERVER}`);
  return server.id;
}

async function createConsole(api: string, serverId: string): Promise<string> {
  const body = JSON.stringify({ remote_console: { protocol: 'vnc', type: 'novnc' } });
  const answer = await call<{ remote_console: { url: string } }>(
    `${api}/servers/${serverId}/remote-consoles`,
    body,
  );
  return answer.remote_console.url;
}

async function call<Answer>(url: string, body?: string): Promise<Answer> {
  const headers = {
    'X-Auth-Token': TOKEN,
    'OpenStack-API-Version': 'compute 2.6',
    'Content-Type': 'application/json',
  };
  const response = await fetch(url, { headers, ...(body !== undefined && { method: 'POST', body }) });
  if (!response.ok) throw new Error(`the demo's own API answered ${response.status} to ${url}`);
  return (await response.json()) as Answer;
}
