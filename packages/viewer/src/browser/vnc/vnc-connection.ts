import RFB from '@novnc/novnc';
import type { Key } from '../keyboard/key-combination.js';
import type { Connection, ConnectionEvents, Ending } from '../session/console-session.js';
import { type ConsoleSocket, openConsoleSocket } from '../session/console-socket.js';
import { explainConsoleRefusal, explainProtocolFailure } from '../session/explanation.js';
import type { ViewMode } from '../shell/view-panel.js';

export interface VncEvents extends ConnectionEvents {
  named(name: string): void;
  copied(text: string): void;
}

/** One RFB connection through noVNC. noVNC hides the socket's close code, so the socket is made and watched here. */
export class VncConnection implements Connection {
  readonly #socket: WebSocket;
  readonly #rfb: RFB;
  readonly #stage: HTMLElement;
  #reported = false;
  #refusal: string | undefined;

  constructor(socket: ConsoleSocket, stage: HTMLElement, view: ViewMode, events: VncEvents) {
    this.#stage = stage;
    this.#socket = openConsoleSocket(socket, (ending) => this.#report(events, ending));
    this.#rfb = new RFB(stage, this.#socket);
    this.#rfb.background = 'transparent';
    this.#rfb.showDotCursor = true;
    this.view(view);
    this.#rfb.addEventListener('connect', () => events.connected());
    this.#rfb.addEventListener('desktopname', ({ detail }) => events.named(detail.name));
    this.#rfb.addEventListener('clipboard', ({ detail }) => events.copied(detail.text));
    this.#rfb.addEventListener('securityfailure', ({ detail }) => {
      this.#refusal = detail.reason ?? `security result ${detail.status}`;
    });
    this.#rfb.addEventListener('credentialsrequired', () => {
      // The gateway logs in to the machine on the person's behalf; a page that asks for a password would train them to type one.
      this.#refusal = 'The gateway passed on a question for a password.';
      this.#rfb.disconnect();
    });
    // Comes before the socket's close event when it is noVNC that gave up.
    this.#rfb.addEventListener('disconnect', () => {
      if (this.#socket.readyState !== WebSocket.CLOSED) this.#report(events, this.#broken());
    });
  }

  /** The canvas that noVNC draws on. */
  get screen(): HTMLCanvasElement | null {
    return this.#stage.querySelector('canvas');
  }

  focus(): void {
    this.#rfb.focus({ preventScroll: true });
  }

  send(key: Key, down: boolean): void {
    this.#rfb.sendKey(key.keysym, key.code ?? null, down);
  }

  copyToMachine(text: string): void {
    this.#rfb.clipboardPasteFrom(text);
  }

  view(mode: ViewMode): void {
    this.#rfb.scaleViewport = mode !== 'actual';
    this.#rfb.resizeSession = mode === 'resize';
  }

  close(): void {
    this.#reported = true;
    this.#rfb.disconnect();
  }

  #broken(): Ending {
    const explanation =
      this.#refusal === undefined
        ? explainProtocolFailure('noVNC ended the connection')
        : explainConsoleRefusal(this.#refusal);
    return { kind: 'broken', explanation };
  }

  #report(events: VncEvents, ending: Ending): void {
    if (this.#reported) return;
    this.#reported = true;
    // A reason given inside the protocol says more than the code of the close that follows it.
    events.ended(this.#refusal === undefined ? ending : this.#broken());
  }
}
