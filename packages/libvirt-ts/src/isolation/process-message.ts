import type { CallArguments, DescriptorCallName, OpenArguments } from '../calls/calls.js';
import type { ConnectionEvent } from '../lanes/lane-message.js';
import type { LibvirtErrorFields } from '../libvirt-error.js';
import type { Backend } from '../native/native-library.js';
import type { DataCallName } from './isolation.js';

/** To the child process. `open` comes once and first, `close` last. Timeouts in ms. */
export type ProcessRequest = { id: number; timeout: number } & (
  | { type: 'open'; backend: Backend | undefined; arguments: OpenArguments }
  | { type: 'call'; name: DataCallName; arguments: CallArguments<DataCallName> }
  | { type: 'socket'; name: DescriptorCallName; arguments: CallArguments<DescriptorCallName> }
  | { type: 'close' }
);

/** From the child process. A socket travels beside the `socket` message. */
export type ProcessResponse =
  | { type: 'result'; id: number; value: unknown }
  | { type: 'socket'; id: number }
  | { type: 'error'; id: number; error: LibvirtErrorFields }
  | { type: 'event'; event: ConnectionEvent };
