import type { Key } from '../keyboard/key-combination.js';
import { scancode } from '../keyboard/scancode.js';
import type { PointerTarget } from '../screen/screen-pointer.js';
import type { Connection, ConnectionEvents, Ending } from '../session/console-session.js';
import { explainProtocolFailure } from '../session/explanation.js';
import { LibrarySockets } from '../session/library-sockets.js';
import { desktopSize } from './desktop-size.js';
import { readFailure } from './iron-rdp-failure.js';
import { type IronRdp, ironRdp, watchForCrash } from './load-iron-rdp.js';
import type { LockState } from './lock-keys.js';
import { type LibraryWord, rdpEnding } from './rdp-ending.js';
import { NO_WEBASSEMBLY } from './rdp-explanation.js';
import type { RdpScreen } from './rdp-screen.js';
import { ResizableTraffic } from './resizable-traffic.js';

export interface RdpEvents extends ConnectionEvents {
  copied(text: string): void;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

type Session = Awaited<ReturnType<InstanceType<IronRdp['Backend']['SessionBuilder']>['connect']>>;
type DeviceEvent = ReturnType<IronRdp['Backend']['DeviceEvent']['keyPressed']>;
type ClipboardData = InstanceType<IronRdp['Backend']['ClipboardData']>;

// The gateway goes by the token alone, and the socket is the page's: these only have to look like addresses.
const DESTINATION = 'console:3389';
const PROXY = 'wss://gateway/';
const WHEEL_NOTCH = 120;
const PIXELS = 0;
const TEXT = 'text/plain';
// The library and the socket both tell of an end, in any order, within this.
const ENDING_SETTLES_MS = 300;
const GOODBYE_MS = 500;

/** One RDP session through IronRDP, whose gateway does TLS and logs in for the person. */
export class RdpConnection implements Connection, PointerTarget {
  readonly #screen: RdpScreen;
  readonly #events: RdpEvents;
  readonly #smallest: Size;
  readonly #sockets: LibrarySockets;
  readonly #crash = new AbortController();
  #library: IronRdp | undefined;
  #session: Session | undefined;
  #word: LibraryWord | undefined;
  #socket: Ending | undefined;
  #settling: ReturnType<typeof setTimeout> | undefined;
  #over = false;
  // The machine asks for ours once it has opened its clipboard's channel. One without hangs up when it is sent to.
  #clipboard = false;
  #text = '';

  /** @param smallest desktop to begin with, where the window has less room */
  constructor(url: URL, screen: RdpScreen, events: RdpEvents, smallest: Size) {
    this.#screen = screen;
    this.#events = events;
    this.#smallest = smallest;
    const ended = (ending: Ending): void => {
      this.#socket = ending;
      this.#settle();
    };
    this.#sockets = new LibrarySockets(url, ended, { traffic: new ResizableTraffic() });
    void this.#start(url.searchParams.get('token') ?? '');
  }

  async #start(token: string): Promise<void> {
    try {
      this.#library = await ironRdp();
    } catch {
      this.#end('WebAssembly' in window ? { kind: 'never-opened' } : broken(NO_WEBASSEMBLY));
      return;
    }
    if (this.#over) return;
    watchForCrash(this.#crash.signal, (message) => {
      this.#session = undefined;
      this.#end(broken(explainProtocolFailure(message)));
    });
    try {
      this.#session = await this.#connect(this.#library, token);
      if (this.#over) {
        this.#session.shutdown();
        return;
      }
      this.#events.connected();
      const information = await this.#session.run();
      this.#word = { kind: 'ended', reason: information.reason() };
    } catch (thrown) {
      this.#word = { kind: 'failed', failure: readFailure(thrown), first: this.#socket === undefined };
    }
    this.#session = undefined;
    this.#sockets.close();
    this.#settle();
  }

  #connect({ Backend, displayControl, enableCredssp }: IronRdp, token: string): Promise<Session> {
    const canvas = this.#screen.prepare();
    const window = this.#screen.room;
    const size = desktopSize(
      Math.max(window.width, this.#smallest.width),
      Math.max(window.height, this.#smallest.height),
    );
    return (
      new Backend.SessionBuilder()
        .proxyAddress(PROXY)
        .authToken(token)
        .destination(DESTINATION)
        // The gateway logs in where a host asks for it; a machine's own login is on its own screen.
        .username('')
        .password('')
        .serverDomain('')
        .extension(enableCredssp(false))
        .extension(displayControl(true))
        .desktopSize(new Backend.DesktopSize(size.width, size.height))
        .renderCanvas(canvas)
        .canvasResizedCallback(() => this.#screen.view.arrange())
        .setCursorStyleCallbackContext(null)
        .setCursorStyleCallback((kind: string, data?: string, x?: number, y?: number) =>
          this.#screen.point(kind, data, x, y),
        )
        .remoteClipboardChangedCallback((data: ClipboardData) => this.#copied(data))
        .forceClipboardUpdateCallback(() => {
          this.#clipboard = true;
          this.copyToMachine(this.#text);
        })
        .connect()
    );
  }

  close(): void {
    this.#stop();
    this.#screen.clear();
    this.#tell((session) => session.shutdown());
    // The machine is told that the person leaves, where there is somebody to tell.
    setTimeout(() => this.#sockets.close(), this.#session === undefined ? 0 : GOODBYE_MS);
  }

  mode(): 'absolute' | 'none' {
    return this.#session === undefined ? 'none' : 'absolute';
  }

  ready(): boolean {
    return true;
  }

  move(x: number, y: number): void {
    this.#input(({ DeviceEvent }) => DeviceEvent.mouseMove(x, y));
  }

  press(button: number, down: boolean): void {
    this.#input(({ DeviceEvent }) =>
      down ? DeviceEvent.mouseButtonPressed(button) : DeviceEvent.mouseButtonReleased(button),
    );
  }

  turn(direction: 'up' | 'down'): void {
    const rotation = direction === 'up' ? WHEEL_NOTCH : -WHEEL_NOTCH;
    this.#input(({ DeviceEvent }) => DeviceEvent.wheelRotations(true, rotation, PIXELS));
  }

  send({ code }: Pick<Key, 'code'>, down: boolean): void {
    const value = code === undefined ? undefined : scancode(code);
    if (value === undefined) return;
    this.#input(({ DeviceEvent }) => (down ? DeviceEvent.keyPressed(value) : DeviceEvent.keyReleased(value)));
  }

  synchronize({ scroll, num, caps, kana }: LockState): void {
    this.#tell((session) => session.synchronizeLockKeys(scroll, num, caps, kana));
  }

  /** @returns whether the machine has a clipboard to share */
  copyToMachine(text: string): boolean {
    this.#text = text;
    const { Backend } = this.#library ?? {};
    if (Backend === undefined || !this.#clipboard) return false;
    const data = new Backend.ClipboardData();
    if (text !== '') data.addText(TEXT, text);
    this.#tell((session) => void session.onClipboardPaste(data).catch(() => undefined));
    return true;
  }

  /** Asks the machine for a desktop of this size; a machine that cannot keeps the one it has. */
  resize(width: number, height: number): void {
    const size = desktopSize(width, height);
    this.#tell((session) => session.resize(size.width, size.height));
  }

  #input(event: (backend: IronRdp['Backend']) => DeviceEvent): void {
    const { Backend } = this.#library ?? {};
    if (Backend === undefined) return;
    this.#tell((session) => {
      const transaction = new Backend.InputTransaction();
      transaction.addEvent(event(Backend));
      session.applyInputs(transaction);
    });
  }

  #tell(say: (session: Session) => void): void {
    if (this.#session === undefined) return;
    try {
      say(this.#session);
    } catch {
      // It is ending: `run` says why.
    }
  }

  #copied(data: ClipboardData): void {
    const text = data.items().find((item) => item.mimeType() === TEXT);
    const value: unknown = text?.value();
    if (typeof value === 'string') this.#events.copied(value);
  }

  #settle(): void {
    if (this.#over) return;
    const decided = this.#word?.kind === 'failed' && this.#word.failure.kind !== 'general';
    if (decided || (this.#word !== undefined && this.#socket !== undefined)) {
      this.#end(rdpEnding(this.#word, this.#socket));
      return;
    }
    this.#settling ??= setTimeout(() => this.#end(rdpEnding(this.#word, this.#socket)), ENDING_SETTLES_MS);
  }

  #end(ending: Ending): void {
    if (this.#over) return;
    this.#stop();
    this.#events.ended(ending);
  }

  #stop(): void {
    this.#over = true;
    clearTimeout(this.#settling);
    this.#crash.abort();
  }
}

function broken(explanation: Extract<Ending, { kind: 'broken' }>['explanation']): Ending {
  return { kind: 'broken', explanation };
}
