/** Thread that makes synchronous libvirt calls, one after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import type { CallArguments, PlainCallName } from '../calls/calls.js';
import { runPlainCall } from '../calls/plain-calls.js';
import { Libvirt } from '../native/libvirt.js';
import type { LaneOptions, LaneRequest, LaneResponse } from './lane-message.js';
import { respond } from './respond.js';

const port = parentPort;
if (port === null) throw new Error('call-lane runs in a worker thread');

const libvirt = new Libvirt((workerData as LaneOptions).backend);
const post = (response: LaneResponse): void => port.postMessage(response);

port.on('message', (request: LaneRequest) => {
  if (request.type === 'stop') port.close();
  if (request.type !== 'call') return;
  const { name, connection } = request;
  post(
    respond(name, () =>
      runPlainCall(
        libvirt,
        connection,
        name as PlainCallName,
        request.arguments as CallArguments<PlainCallName>,
      ),
    ),
  );
});
post({ type: 'ready', wakeTimer: -1 });
