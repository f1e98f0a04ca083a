import type { Connection, ConnectionEvents, Ending } from '../session/console-session.js';
import { type Explanation, explainProtocolFailure } from '../session/explanation.js';
import { LibrarySockets } from '../session/library-sockets.js';
import { failed, withDetails } from '../session/sentence.js';
import { element } from '../shell/element.js';
import type { ViewMode } from '../shell/view-panel.js';
import { type WmksConsole, type WmksOptions, wmksSdk } from './wmks-sdk.js';

// The socket is the page's: the SDK never learns the address, which holds the token.
const ADDRESS = 'wss://gateway/';
// The SDK and the socket both tell of an end, in any order, within this.
const ENDING_SETTLES_MS = 300;
const NOT_LOADED = failed(
  'VMware’s client did not load.',
  'Connect again. If it comes back, tell your operator: the copy on the gateway may be incomplete.',
);

/** One WebMKS connection through the operator's copy of VMware's HTML Console SDK. */
export class WmksConnection implements Connection {
  readonly #box = element('div', { id: 'wmks-console', class: 'wmks', tabindex: '-1' });
  readonly #sockets: LibrarySockets;
  readonly #events: ConnectionEvents;
  #console: WmksConsole | undefined;
  #view: ViewMode;
  #error: string | undefined;
  #settling: ReturnType<typeof setTimeout> | undefined;
  #over = false;

  constructor(url: URL, stage: HTMLElement, view: ViewMode, events: ConnectionEvents) {
    this.#events = events;
    this.#view = view;
    this.#sockets = new LibrarySockets(url, (ending) => this.#ended(ending), { subprotocol: 'binary' });
    stage.append(this.#box);
    void this.#start();
  }

  async #start(): Promise<void> {
    try {
      const { CONST, createWMKS } = await wmksSdk();
      if (this.#over) return;
      const { Events, ConnectionState } = CONST;
      this.#console = createWMKS(this.#box.id, optionsOf(this.#view));
      this.#console.register(Events.ERROR, (_, { errorType }) => {
        this.#error = errorType;
      });
      this.#console.register(Events.CONNECTION_STATE_CHANGE, (_, { state }) => {
        if (this.#over) return;
        if (state === ConnectionState.CONNECTED) this.#events.connected();
        if (state === ConnectionState.DISCONNECTED) this.#disconnected();
      });
      this.#console.connect(ADDRESS);
    } catch (error) {
      const said = error instanceof Error ? error.message : '';
      const explanation =
        this.#console === undefined ? withDetails(NOT_LOADED, [said]) : explainProtocolFailure(said);
      this.#report({ kind: 'broken', explanation });
    }
  }

  focus(): void {
    (this.#box.querySelector('canvas') ?? this.#box).focus({ preventScroll: true });
  }

  ctrlAltDel(): void {
    this.#console?.sendCAD();
  }

  type(text: string): void {
    this.#console?.sendInputString(text);
  }

  view(mode: ViewMode): void {
    this.#view = mode;
    const { rescale, changeResolution } = optionsOf(mode);
    this.#console?.setOption('rescale', rescale);
    this.#console?.setOption('changeResolution', changeResolution);
    this.resized();
  }

  /** The element has another size. */
  resized(): void {
    this.#console?.updateScreen();
  }

  close(): void {
    this.#over = true;
    clearTimeout(this.#settling);
    try {
      this.#console?.destroy();
    } catch {
      // What is left of it goes with its element.
    }
    this.#sockets.close();
    this.#box.remove();
  }

  #disconnected(): void {
    this.#sockets.close();
    this.#settling ??= setTimeout(
      () => this.#ended({ kind: 'closed', code: 1005, reason: '' }),
      ENDING_SETTLES_MS,
    );
  }

  // The browser does not say why a socket closed that the SDK gave up; the SDK does.
  #ended(ending: Ending): void {
    const gaveUp = ending.kind === 'closed' && (ending.code === 1005 || ending.code === 1000);
    const broken = (explanation: Explanation): Ending => ({ kind: 'broken', explanation });
    this.#report(
      gaveUp && this.#error !== undefined ? broken(explainProtocolFailure(`WMKS: ${this.#error}`)) : ending,
    );
  }

  #report(ending: Ending): void {
    if (this.#over) return;
    this.#over = true;
    this.#events.ended(ending);
  }
}

function optionsOf(mode: ViewMode): WmksOptions {
  return { rescale: mode !== 'actual', changeResolution: mode === 'resize' };
}
