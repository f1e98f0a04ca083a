/** What of VMware's HTML Console SDK this page uses, by its programming guide (versions 2.1 and 2.2). */
export interface WmksSdk {
  readonly CONST: {
    readonly Events: Readonly<Record<'CONNECTION_STATE_CHANGE' | 'ERROR', string>>;
    readonly ConnectionState: Readonly<Record<'CONNECTED' | 'DISCONNECTED', string>>;
  };
  /** @param id of the element to draw into */
  createWMKS(id: string, options: WmksOptions): WmksConsole;
}

export interface WmksOptions {
  /** Whether the screen is made as large as its element. */
  readonly rescale: boolean;
  /** Whether the machine is asked for a screen as large as the element. */
  readonly changeResolution: boolean;
}

export interface WmksConsole {
  register(event: string, handler: (event: unknown, data: WmksEventData) => void): WmksConsole;
  connect(url: string): void;
  destroy(): void;
  sendCAD(): void;
  sendInputString(text: string): void;
  setOption<Name extends keyof WmksOptions>(name: Name, value: WmksOptions[Name]): void;
  updateScreen(): void;
}

export interface WmksEventData {
  readonly state?: string;
  readonly errorType?: string;
}

declare global {
  interface Window {
    readonly WMKS?: WmksSdk;
  }
}

const SCRIPTS = ['jquery.min.js', 'jquery-ui.min.js', 'wmks.min.js'];
let loading: Promise<WmksSdk> | undefined;

/**
 * Loads the operator's copy of the SDK, once for the page; again after it failed.
 *
 * @throws Error naming the file that did not come
 */
export function wmksSdk(): Promise<WmksSdk> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(): Promise<WmksSdk> {
  const style = document.createElement('link');
  style.rel = 'stylesheet';
  style.href = 'wmks/css/wmks-all.css';
  await loaded(style, style.href);
  // Each needs the one before.
  for (const name of SCRIPTS) {
    const script = document.createElement('script');
    script.src = `wmks/${name}`;
    await loaded(script, script.src);
  }
  if (window.WMKS === undefined) throw new Error('wmks.min.js defines no WMKS');
  return window.WMKS;
}

function loaded(made: HTMLElement, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    made.addEventListener('load', () => resolve());
    made.addEventListener('error', () => {
      made.remove();
      reject(new Error(`${new URL(address).pathname} did not load`));
    });
    document.head.append(made);
  });
}
