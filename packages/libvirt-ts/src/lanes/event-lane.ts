/**
 * Thread that runs libvirt's event loop, of which a process has one. Domain events and console streams are
 * handled here. The loop blocks in C; another thread wakes it with a libvirt timer, and between two turns
 * Node's own loop gets its turn, so that messages come in and native memory is freed.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { CallArguments } from '../calls/calls.js';
import { ConsoleStreams } from '../events/console-streams.js';
import { WatchedConnections } from '../events/watched-connections.js';
import { Libvirt } from '../native/libvirt.js';
import { NULL } from '../native/native-library.js';
import type { LaneOptions, LaneRequest, LaneResponse } from './lane-message.js';
import { respond } from './respond.js';

const port = parentPort;
if (port === null) throw new Error('event-lane runs in a worker thread');

const options = workerData as LaneOptions;
const libvirt = new Libvirt(options.backend);
const post = (response: LaneResponse): void => port.postMessage(response);
if (libvirt.functions.virEventRegisterDefaultImpl() !== 0) throw new Error('libvirt has no event loop');

const watched = new WatchedConnections(libvirt, (connection, event) =>
  post({ type: 'event', connection, event }),
);
const consoles = new ConsoleStreams(libvirt);
let stopped = false;

const rest = libvirt.native.callback('void', ['int', 'pointer'], (timer) => {
  libvirt.functions.virEventUpdateTimeout(timer ?? 0, -1);
  return undefined;
});
const wakeTimer = libvirt.functions.virEventAddTimeout(-1, rest, NULL, NULL);
if (wakeTimer < 0) throw new Error('libvirt has no event timer');

port.on('message', (request: LaneRequest) => {
  if (request.type === 'stop') stop();
  if (request.type !== 'call') return; // 'check' only wakes the loop: each turn ends with a check
  const { name, connection } = request;
  const run = () => {
    if (name === 'watch') return watched.add(connection);
    if (name === 'openConsole')
      return consoles.open(connection, request.arguments as CallArguments<'openConsole'>);
    consoles.closeAll(connection);
    return watched.remove(connection);
  };
  post(respond(name, run));
});

function turn(): void {
  if (stopped) return;
  libvirt.functions.virEventRunDefaultImpl();
  if (Atomics.load(options.stop, 0) === 1) {
    stop();
    return;
  }
  consoles.sweep();
  watched.checkAlive();
  setImmediate(turn);
}

function stop(): void {
  stopped = true;
  libvirt.functions.virEventRemoveTimeout(wakeTimer);
  port?.close();
}

post({ type: 'ready', wakeTimer });
setImmediate(turn);
