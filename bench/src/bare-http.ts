// The least that could answer such a request in Node: no routing, no schema, no policy, no hypervisor.
import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

const port = Number(process.argv[2]);
const tokens = new Map<string, { expires: number; serverId: string }>();

createServer((request, response) => {
  if (request.headers['x-auth-token'] === undefined) {
    response.writeHead(401).end();
    return;
  }
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => {
    text += chunk;
  });
  request.on('end', () => {
    const { remote_console } = JSON.parse(text) as { remote_console: { protocol: string; type: string } };
    const token = randomUUID();
    const digest = createHash('sha256').update(token).digest('hex');
    tokens.set(digest, { expires: Date.now() + 1000, serverId: request.url ?? '' });
    if (tokens.size > 50_000) tokens.clear();
    const url = `http://127.0.0.1:${port}/vnc_lite.html?path=%3Ftoken%3D${token}`;
    const body = JSON.stringify({ remote_console: { ...remote_console, url } });
    response.writeHead(200, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
    });
    response.end(body);
  });
}).listen(port, '127.0.0.1', () => process.send?.('ready'));
process.on('disconnect', () => process.exit(0));
