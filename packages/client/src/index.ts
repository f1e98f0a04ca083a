/**
 * A client of the remote console API, Nova's or ours. It needs `fetch` and nothing else.
 *
 * @packageDocumentation
 */
export { ClientError, type ClientErrorCode } from './client-error.js';
export {
  CONSOLE_TYPES,
  type ConnectInfo,
  type ConsoleProtocol,
  type ConsoleType,
  type RemoteConsole,
} from './console.js';
export { type ClientOptions, RemoteConsolesClient, type ServerFilter } from './remote-consoles-client.js';
export type { Server } from './server.js';
