import type { Key } from '../keyboard/key-combination.js';
import type { PointerTarget } from '../screen/screen-pointer.js';
import type { Connection, ConnectionEvents, Ending } from '../session/console-session.js';
import { explainConsoleRefusal } from '../session/explanation.js';
import { LibrarySockets } from '../session/library-sockets.js';
import { loadSpiceHtml5, type SpiceHtml5 } from './load-spice-html5.js';
import { SpiceButton, spiceButton, spiceButtons } from './spice-buttons.js';
import { spiceScancode } from './spice-scancode.js';
import { SpiceScreen } from './spice-screen.js';

// The depth that a resized screen is asked to have, in bits.
const DEPTH = 32;
// What Xorg's drivers round a screen's size down to.
const SIZE_STEP = 8;

/** One SPICE session through spice-html5: a socket for each channel, ended as soon as one of them is. */
export class SpiceConnection implements Connection, PointerTarget {
  readonly #screen: SpiceScreen;
  readonly #sockets: LibrarySockets;
  #library: SpiceHtml5 | undefined;
  #main: InstanceType<SpiceHtml5['SpiceMainConn']> | undefined;
  #closed = false;

  constructor(url: URL, screen: SpiceScreen, events: ConnectionEvents) {
    this.#screen = screen;
    const ended = (ending: Ending): void => {
      if (!this.#closed) events.ended(ending);
    };
    this.#sockets = new LibrarySockets(url, ended);
    void this.#start(events, ended);
  }

  async #start(events: ConnectionEvents, ended: (ending: Ending) => void): Promise<void> {
    try {
      this.#library = await loadSpiceHtml5();
    } catch {
      ended({ kind: 'never-opened' });
      return;
    }
    if (this.#closed) return;
    this.#screen.prepare(() => events.connected());
    this.#main = new this.#library.SpiceMainConn({
      uri: 'the gateway',
      screen_id: SpiceScreen.id,
      // The gateway answers for the person; a page that asks for a password would train them to type one.
      password: '',
      onerror: (error) => {
        // Of an error event or a close the socket's own ending says more.
        if (
          error instanceof Error &&
          this.#main?.inputs === undefined &&
          /Permission|link error|magic/.test(error.message)
        ) {
          ended({ kind: 'broken', explanation: explainConsoleRefusal(error.message) });
        }
      },
      onagent: () => undefined,
    });
  }

  close(): void {
    this.#closed = true;
    try {
      this.#main?.stop();
    } catch {
      // The library stumbles over channels that never opened; the sockets are closed here in any case.
    }
    this.#sockets.close();
    this.#screen.clear();
  }

  /** Asks the machine's agent for a screen of this size. @returns whether there is an agent */
  resize(width: number, height: number): boolean {
    if (this.#main?.agent_connected !== true) return false;
    this.#main.resize_window(0, width - (width % SIZE_STEP), height - (height % SIZE_STEP), DEPTH, 0, 0);
    return true;
  }

  send({ code }: Pick<Key, 'code'>, down: boolean): void {
    const value = code === undefined ? undefined : spiceScancode(code, down);
    if (value === undefined || this.#library === undefined) return;
    const { Constants, SpiceMsgcKeyDown } = this.#library;
    const key = new SpiceMsgcKeyDown();
    key.code = value;
    this.#input(down ? Constants.SPICE_MSGC_INPUTS_KEY_DOWN : Constants.SPICE_MSGC_INPUTS_KEY_UP, key);
  }

  mode(): 'absolute' | 'relative' | 'none' {
    if (this.#library === undefined || this.#main?.inputs?.state !== 'ready') return 'none';
    return this.#main.mouse_mode === this.#library.Constants.SPICE_MOUSE_MODE_CLIENT
      ? 'absolute'
      : 'relative';
  }

  ready(): boolean {
    const bunch = this.#library?.Constants.SPICE_INPUT_MOTION_ACK_BUNCH ?? 0;
    return (this.#main?.inputs?.waiting_for_ack ?? 0) < 2 * bunch;
  }

  move(x: number, y: number, buttons: number): void {
    if (this.#library === undefined || this.#main?.inputs === undefined) return;
    const { Constants, SpiceMsgcMousePosition } = this.#library;
    const place = new SpiceMsgcMousePosition({ buttons_state: spiceButtons(buttons) });
    place.x = x;
    place.y = y;
    place.buttons_state = spiceButtons(buttons);
    this.#main.inputs.waiting_for_ack += 1;
    this.#input(
      this.mode() === 'absolute'
        ? Constants.SPICE_MSGC_INPUTS_MOUSE_POSITION
        : Constants.SPICE_MSGC_INPUTS_MOUSE_MOTION,
      place,
    );
  }

  press(button: number, down: boolean, buttons: number): void {
    const number = spiceButton(button);
    if (number !== undefined) this.#button(number, down, buttons);
  }

  turn(direction: 'up' | 'down', buttons: number): void {
    const wheel = direction === 'up' ? SpiceButton.wheelUp : SpiceButton.wheelDown;
    this.#button(wheel, true, buttons);
    this.#button(wheel, false, buttons);
  }

  #button(button: number, down: boolean, buttons: number): void {
    if (this.#library === undefined) return;
    const { Constants, SpiceMsgcMousePress } = this.#library;
    const press = new SpiceMsgcMousePress();
    press.button = button;
    press.buttons_state = spiceButtons(buttons);
    this.#input(
      down ? Constants.SPICE_MSGC_INPUTS_MOUSE_PRESS : Constants.SPICE_MSGC_INPUTS_MOUSE_RELEASE,
      press,
    );
  }

  #input(type: number, body: Parameters<InstanceType<SpiceHtml5['SpiceMiniData']>['build_msg']>[1]): void {
    const inputs = this.#main?.inputs;
    if (this.#library === undefined || inputs?.state !== 'ready') return;
    const message = new this.#library.SpiceMiniData();
    message.build_msg(type, body);
    inputs.send_msg(message);
  }
}
