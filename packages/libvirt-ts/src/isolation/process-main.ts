/** The child process of `process-isolation.ts`: one connection, asked for over the IPC channel. */
import { Socket } from 'node:net';
import type { CallArguments, DescriptorCallName } from '../calls/calls.js';
import { connectionError, LibvirtError } from '../libvirt-error.js';
import { LaneConnection } from './lane-connection.js';
import type { ProcessRequest, ProcessResponse } from './process-message.js';

let connection: LaneConnection | undefined;

/** SIGKILL, because an ordinary exit waits for calls that hang. */
const end = (): boolean => process.kill(process.pid, 'SIGKILL');
process.on('disconnect', end);

// A terminal and systemd send these to all processes at once. When the parent is done it closes the channel.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

function send(response: ProcessResponse, socket?: Socket): void {
  process.send?.(response, socket, {}, (error) => {
    if (error !== null) socket?.destroy();
  });
}

async function handle(request: ProcessRequest): Promise<unknown> {
  if (request.type === 'open') {
    connection = await LaneConnection.open(request.backend, request.arguments, request.timeout, (event) => {
      send({ type: 'event', event });
    });
    return undefined;
  }
  if (connection === undefined) throw connectionError(request.type, 'the connection is not open');
  if (request.type === 'close') return connection.close(request.timeout);
  return connection.call(request.name, request.arguments, request.timeout);
}

async function openSocket(request: ProcessRequest & { type: 'socket' }): Promise<Socket> {
  if (connection === undefined) throw connectionError(request.name, 'the connection is not open');
  const { name, timeout } = request;
  const args = request.arguments as CallArguments<DescriptorCallName>;
  const fd: number = await connection.call<DescriptorCallName>(name, args, timeout);
  // not readable: the bytes are for the parent, and this process would take some before the socket is sent
  return new Socket({ fd, readable: false, writable: true });
}

process.on('message', (request: ProcessRequest) => {
  const { id } = request;
  const answered =
    request.type === 'socket'
      ? openSocket(request).then((socket) => send({ type: 'socket', id }, socket))
      : handle(request).then((value) => send({ type: 'result', id, value }));
  answered.catch((error: unknown) =>
    send({ type: 'error', id, error: LibvirtError.from(error, request.type).toFields() }),
  );
});
