import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConsoleRig } from './support/console-rig.js';
import { TigerVnc } from './support/tigervnc.js';
import { closed, rawClient, rawExchange, until } from './support/viewers.js';

let server: TigerVnc;
let rig: ConsoleRig;

beforeEach(async () => {
  server = await TigerVnc.start('-SecurityTypes', 'None');
  rig = await new ConsoleRig().listen();
});

afterEach(async () => {
  await rig.close();
  await server.close();
});

const get = (target: string) => `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
const OK = 'HTTP/1.1 200 OK\r\n\r\n';

async function enter(oneTime = false) {
  const token = await rig.token({ type: 'xvpvnc', transport: server.transport, oneTime });
  const { socket, reader } = await rawClient(rig.port);
  socket.write(get(`/console?token=${token}`));
  expect((await reader.read(OK.length)).toString()).toBe(OK);
  return { socket, reader, token };
}

test('after 200 and a blank line the connection is the raw stream of a real VNC server', async () => {
  const { socket, reader, token } = await enter(true);
  expect((await reader.read(12)).toString()).toBe('RFB 003.008\n');
  socket.write('RFB 003.008\n');
  expect([...(await reader.read(2))]).toEqual([1, 1]);
  socket.write(Uint8Array.of(1, 1));
  await reader.read(4);
  expect((await reader.read(24)).readUInt16BE(0)).toBe(320);
  // Longer than the HTTP server lets a request be under way.
  await new Promise((resolve) => setTimeout(resolve, 500));

  socket.write(Uint8Array.of(3, 0, 0, 0, 0, 0, 1, 64, 0, 200));
  await until(() => reader.length > 1000);
  expect(rig.gateway.sessions()).toMatchObject([{ type: 'xvpvnc', security: 'none' }]);

  const again = await rawExchange(rig.port, get(`/console?token=${token}`));
  expect(again).toBe('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  socket.end();
  await until(() => rig.gateway.counters().sessions === 0);
});

test('it outlives the closing of the HTTP server, and ends with the gateway', async () => {
  const { socket, reader } = await enter();
  await reader.read(12);
  rig.http.close();
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.write('RFB 003.008\n');
  expect((await reader.read(2)).length).toBe(2);
  const ended = closed(socket);
  await rig.gateway.close();
  await ended;
});

test('a server that is stopped ends it', async () => {
  const { socket, reader } = await enter();
  await reader.read(12);
  socket.write('RFB 003.008\n\x01');
  await reader.read(6);
  const ended = closed(socket);
  rig.gateway.closeServer(rig.gateway.sessions()[0]?.serverId ?? '', 'stopped');
  await ended;
});

test('refusals have an empty body', async () => {
  const novnc = await rig.token({ type: 'novnc', transport: server.transport });
  expect(await rawExchange(rig.port, get('/console?token=unknown'))).toMatch(/^HTTP\/1\.1 401 .*\r\n\r\n$/s);
  expect(await rawExchange(rig.port, get(`/console?token=${novnc}`))).toMatch(/^HTTP\/1\.1 401 .*\r\n\r\n$/s);
  const foreign = get('/console?token=x').replace('Host', 'Origin: http://evil.example\r\nHost');
  expect(await rawExchange(rig.port, foreign)).toMatch(/^HTTP\/1\.1 403 /);
  await server.close();
  const dead = await rig.token({ type: 'xvpvnc', transport: server.transport });
  expect(await rawExchange(rig.port, get(`/console?token=${dead}`))).toMatch(/^HTTP\/1\.1 502 .*\r\n\r\n$/s);
});
