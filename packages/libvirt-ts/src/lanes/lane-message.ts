import type { CallArguments, CallName } from '../calls/calls.js';
import type { GraphicsEvent, LifecycleEvent } from '../domain-events.js';
import type { LibvirtErrorFields } from '../libvirt-error.js';
import type { Backend, Pointer } from '../native/native-library.js';

/** What a lane's thread is started with. */
export interface LaneOptions {
  backend: Backend;
  /** One number: 1 tells the event lane to end, when no message can be sent any more. */
  stop: Int32Array;
}

/** To a lane: a call, `check` (see whether connections are alive) or `stop` (end the thread). */
export type LaneRequest =
  | { type: 'call'; name: CallName; connection: Pointer; arguments: CallArguments<CallName> }
  | { type: 'check' }
  | { type: 'stop' };

/** Something that happened without being asked for. `lost` comes at most once, as the last one. */
export type ConnectionEvent =
  | { type: 'lifecycle'; event: LifecycleEvent }
  | { type: 'graphics'; event: GraphicsEvent }
  | { type: 'lost'; reason: string };

/**
 * From a lane. A lane works on one call at a time, so an answer needs no number. `wakeTimer` is libvirt's
 * timer that another thread fires to wake the event lane.
 */
export type LaneResponse =
  | { type: 'ready'; wakeTimer: number }
  | CallResponse
  | { type: 'event'; connection: Pointer; event: ConnectionEvent };

export type CallResponse = { type: 'result'; value: unknown } | { type: 'error'; error: LibvirtErrorFields };
