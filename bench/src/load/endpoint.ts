/** How a console is reached through a contender. */
export interface Endpoint {
  /** `ws:` or `wss:` */
  readonly url: string;
  /** Whether the console's bytes come in WebSocket frames or as they are. */
  readonly form: 'websocket' | 'raw';
}
