// The same answer, byte for byte but for ids, by the least code that could give it on bare node:http: one path, one
// user, one server, no router, no policy, no hypervisor, no audit.
import { hash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

const port = Number(process.argv[2]);
const user = hash('sha256', process.argv[3] ?? '');
const tokens = new Map<string, { expires: number; serverId: string }>();

interface Body {
  readonly remote_console: { readonly protocol: string; readonly type: string };
}

createServer((request, response) => {
  if (hash('sha256', String(request.headers['x-auth-token'])) !== user) {
    response.writeHead(401).end();
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { remote_console } = JSON.parse(Buffer.concat(chunks).toString()) as Body;
    if (remote_console.protocol !== 'vnc' || remote_console.type !== 'novnc') {
      response.writeHead(400).end();
      return;
    }
    const url = `http://127.0.0.1:${port}/vnc_lite.html?path=%3Ftoken%3D${issue(request.url ?? '')}`;
    const body = JSON.stringify({ remote_console: { ...remote_console, url } });
    const requestId = `req-${randomUUID()}`;
    response.writeHead(200, {
      'Content-Type': 'application/json',
      'OpenStack-API-Version': 'compute 2.8',
      'X-OpenStack-Nova-API-Version': '2.8',
      Vary: 'OpenStack-API-Version, X-OpenStack-Nova-API-Version',
      'Content-Length': Buffer.byteLength(body),
      'Cache-Control': 'no-store',
      'x-openstack-request-id': requestId,
      'x-compute-request-id': requestId,
    });
    response.end(body);
  });
}).listen(port, '127.0.0.1', () => process.send?.('ready'));

function issue(serverId: string): string {
  const token = randomUUID();
  tokens.set(hash('sha256', token), { expires: Date.now() + 1000, serverId });
  if (tokens.size > 20_000) tokens.clear();
  return token;
}

process.on('disconnect', () => process.exit(0));
