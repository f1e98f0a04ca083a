import type { IncomingMessage } from 'node:http';
import { RawViewer } from '../relay/raw-viewer.js';
import { type AdmissionDesk, refused } from './admission.js';
import type { Reception } from './reception.js';
import { refuseUpgrade } from './refusal.js';
import { takeOverConnection } from './take-over.js';

const OK = 'HTTP/1.1 200 OK\r\n\r\n';

/**
 * Answers a plain GET of a native viewer as nova-xvpvncproxy did: after `200 OK` and a blank line the TCP connection
 * is the raw RFB stream. Refusals have an empty body, as on WebSockets.
 */
export class XvpvncHandshake {
  readonly #desk: AdmissionDesk;
  readonly #reception: Reception;

  constructor(desk: AdmissionDesk, reception: Reception) {
    this.#desk = desk;
    this.#reception = reception;
  }

  handle(message: IncomingMessage): void {
    const socket = takeOverConnection(message);
    const { closed } = this.#reception;
    const admission = closed ? refused(closed) : this.#desk.checkGet(message);
    if (admission.kind === 'refused') {
      this.#reception.turnAway(admission.refusal, this.#desk.clientAddress(message));
      refuseUpgrade(socket, admission.refusal);
      return;
    }
    void this.#reception.receive(socket, Buffer.alloc(0), admission.request, {
      serves: (type) => type === 'xvpvnc',
      refuse: (refusal) => refuseUpgrade(socket, refusal),
      accept: () => {
        socket.write(OK);
        return new RawViewer(socket);
      },
    });
  }
}
