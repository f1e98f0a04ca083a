// The part of spice-html5 0.2.1 that this page uses, from its sources. The package has no types.
declare module '@spice-project/spice-html5/src/main.js' {
  import type { SpiceMiniData } from '@spice-project/spice-html5/src/spicemsg.js';

  interface SpiceChannel {
    readonly state: 'connecting' | 'start' | 'link' | 'ticket' | 'ready' | 'closing' | 'error';
    send_msg(message: SpiceMiniData): void;
  }

  interface SpiceInputsChannel extends SpiceChannel {
    /** How many movements the machine has not acknowledged. */
    waiting_for_ack: number;
  }

  export class SpiceMainConn {
    constructor(options: {
      uri: string;
      screen_id: string;
      password: string;
      onerror: (error: unknown) => void;
      onagent: () => void;
    });
    readonly inputs?: SpiceInputsChannel;
    readonly mouse_mode?: number;
    readonly agent_connected?: boolean;
    resize_window(flags: number, width: number, height: number, depth: number, x: number, y: number): void;
    stop(): void;
  }
}

declare module '@spice-project/spice-html5/src/spiceconn.js' {
  /** What every channel is built on. */
  export class SpiceConn {
    send_ticket(ticket: readonly number[]): void;
  }
}

declare module '@spice-project/spice-html5/src/spicemsg.js' {
  interface Body {
    buffer_size(): number;
    to_buffer(buffer: ArrayBuffer, at?: number): number;
  }

  export class SpiceMiniData {
    build_msg(type: number, body: Body): void;
  }

  export class SpiceMsgcKeyDown implements Body {
    code: number;
    buffer_size(): number;
    to_buffer(buffer: ArrayBuffer, at?: number): number;
  }

  export class SpiceMsgcMousePosition implements Body {
    constructor(state: { buttons_state: number });
    x: number;
    y: number;
    buttons_state: number;
    buffer_size(): number;
    to_buffer(buffer: ArrayBuffer, at?: number): number;
  }

  export class SpiceMsgcMousePress implements Body {
    button: number;
    buttons_state: number;
    buffer_size(): number;
    to_buffer(buffer: ArrayBuffer, at?: number): number;
  }
}

declare module '@spice-project/spice-html5/src/enums.js' {
  export const Constants: {
    readonly SPICE_MOUSE_MODE_CLIENT: number;
    readonly SPICE_INPUT_MOTION_ACK_BUNCH: number;
    readonly SPICE_MSGC_INPUTS_KEY_DOWN: number;
    readonly SPICE_MSGC_INPUTS_KEY_UP: number;
    readonly SPICE_MSGC_INPUTS_MOUSE_MOTION: number;
    readonly SPICE_MSGC_INPUTS_MOUSE_POSITION: number;
    readonly SPICE_MSGC_INPUTS_MOUSE_PRESS: number;
    readonly SPICE_MSGC_INPUTS_MOUSE_RELEASE: number;
  };
}
