import type { Server } from '../server/server.js';

/** What a server's screen shows. */
export interface Screenshot {
  readonly mediaType: 'image/png';
  readonly data: Uint8Array;
}

/** Takes pictures of screens. */
export interface ScreenshotPort {
  /**
   * @throws ConsoleError `server-not-found`, `server-not-ready`, `server-state-invalid`; `console-type-unavailable`
   *   where this guest has no screen; `hypervisor-unavailable`
   */
  takeScreenshot(server: Server): Promise<Screenshot>;
}
