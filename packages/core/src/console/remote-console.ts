import type { ConsoleProtocol, ConsoleType } from './console-type.js';

/** What the API answers: whoever holds `url` gets the console until its token expires. */
export interface RemoteConsole {
  readonly protocol: ConsoleProtocol;
  readonly type: ConsoleType;
  readonly url: string;
}
