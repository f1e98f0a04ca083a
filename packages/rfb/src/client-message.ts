import { type DesktopScreen, encodeScreens } from './desktop-screen.js';
import { encodePixelFormat, type PixelFormat } from './pixel-format.js';

/** What a client says after the handshake (RFC 6143 §7.5, rfbproto). Coordinates in pixels. */
export type ClientMessage =
  | { readonly type: 'set-pixel-format'; readonly pixelFormat: PixelFormat }
  | { readonly type: 'set-encodings'; readonly encodings: readonly number[] }
  | ({ readonly type: 'framebuffer-update-request'; readonly incremental: boolean } & Area)
  | { readonly type: 'key-event'; readonly down: boolean; readonly keysym: number }
  | { readonly type: 'pointer-event'; readonly buttons: number; readonly x: number; readonly y: number }
  /** Latin-1 bytes. */
  | { readonly type: 'client-cut-text'; readonly text: Uint8Array }
  /** The extended clipboard: a negative length, flags, then data by the flags' action. */
  | { readonly type: 'extended-clipboard'; readonly flags: number; readonly data: Uint8Array }
  | {
      readonly type: 'set-desktop-size';
      readonly width: number;
      readonly height: number;
      readonly screens: readonly DesktopScreen[];
    }
  | ({ readonly type: 'enable-continuous-updates'; readonly enable: boolean } & Area)
  | { readonly type: 'client-fence'; readonly flags: number; readonly payload: Uint8Array }
  | {
      readonly type: 'qemu-key-event';
      readonly down: boolean;
      readonly keysym: number;
      readonly keycode: number;
    }
  | { readonly type: 'xvp'; readonly version: number; readonly operation: number };

/** A rectangle of the screen, in pixels. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Message type numbers on the wire. */
export const ClientMessageType = {
  setPixelFormat: 0,
  setEncodings: 2,
  framebufferUpdateRequest: 3,
  keyEvent: 4,
  pointerEvent: 5,
  clientCutText: 6,
  enableContinuousUpdates: 150,
  clientFence: 248,
  xvp: 250,
  setDesktopSize: 251,
  qemu: 255,
} as const;

/** Set in a PointerEvent's button mask when a second mask byte follows (rfbproto, "ExtendedMouseButtons"). */
export const EXTENDED_BUTTONS_MARKER = 0x80;

export function encodeClientMessage(message: ClientMessage): Uint8Array {
  const type = ClientMessageType;
  switch (message.type) {
    case 'set-pixel-format':
      return Uint8Array.of(type.setPixelFormat, 0, 0, 0, ...encodePixelFormat(message.pixelFormat));
    case 'set-encodings':
      return Uint8Array.of(
        type.setEncodings,
        0,
        ...u16(message.encodings.length),
        ...message.encodings.flatMap(u32),
      );
    case 'framebuffer-update-request':
      return Uint8Array.of(type.framebufferUpdateRequest, Number(message.incremental), ...area(message));
    case 'key-event':
      return Uint8Array.of(type.keyEvent, Number(message.down), 0, 0, ...u32(message.keysym));
    case 'pointer-event':
      return pointerEvent(message.buttons, [...u16(message.x), ...u16(message.y)]);
    case 'client-cut-text':
      return withBytes([type.clientCutText, 0, 0, 0, ...u32(message.text.length)], message.text);
    case 'extended-clipboard': {
      const length = -(4 + message.data.length);
      return withBytes([type.clientCutText, 0, 0, 0, ...u32(length), ...u32(message.flags)], message.data);
    }
    case 'set-desktop-size': {
      const size = [...u16(message.width), ...u16(message.height)];
      const head = [type.setDesktopSize, 0, ...size, message.screens.length, 0];
      return withBytes(head, encodeScreens(message.screens));
    }
    case 'enable-continuous-updates':
      return Uint8Array.of(type.enableContinuousUpdates, Number(message.enable), ...area(message));
    case 'client-fence': {
      const head = [type.clientFence, 0, 0, 0, ...u32(message.flags), message.payload.length];
      return withBytes(head, message.payload);
    }
    case 'qemu-key-event': {
      const keys = [...u32(message.keysym), ...u32(message.keycode)];
      return Uint8Array.of(type.qemu, 0, 0, Number(message.down), ...keys);
    }
    case 'xvp':
      return Uint8Array.of(type.xvp, 0, message.version, message.operation);
  }
}

function pointerEvent(buttons: number, position: readonly number[]): Uint8Array {
  const low = buttons & 0x7f;
  if (buttons === low) return Uint8Array.of(ClientMessageType.pointerEvent, low, ...position);
  return Uint8Array.of(
    ClientMessageType.pointerEvent,
    low | EXTENDED_BUTTONS_MARKER,
    ...position,
    buttons >>> 7,
  );
}

function area({ x, y, width, height }: Area): readonly number[] {
  return [x, y, width, height].flatMap(u16);
}

function withBytes(head: readonly number[], tail: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}

function u16(value: number): readonly number[] {
  return [value >>> 8, value & 0xff];
}

function u32(value: number): readonly number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}
