/** The library, once its WebAssembly runs. */
export type IronRdp = typeof import('./iron-rdp.js');

let crashed = false;

/**
 * Loads and starts the library, once for the page.
 *
 * @throws Error where a file does not come, or the browser has no WebAssembly
 */
export async function ironRdp(): Promise<IronRdp> {
  // What has crashed inside stays broken: only a new page gets a new one.
  if (crashed) return reloadPage();
  const library = await import('./iron-rdp.js');
  await library.init('off');
  return library;
}

/**
 * Watches for a panic inside WebAssembly, which settles no promise.
 *
 * @param signal ends the watch
 */
export function watchForCrash(signal: AbortSignal, report: (message: string) => void): void {
  window.addEventListener(
    'error',
    ({ error }) => {
      if (!(error instanceof WebAssembly.RuntimeError)) return;
      crashed = true;
      report(error.message);
    },
    { signal },
  );
}

function reloadPage(): Promise<never> {
  location.reload();
  return new Promise(() => undefined);
}
