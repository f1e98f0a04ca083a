import type { DomainState } from '../domain-state.js';
import type { Pointer } from '../native/native-library.js';

/** What identifies a domain. The name is what it was when asked: a domain can be renamed. */
export interface DomainIdentity {
  uuid: string;
  name: string;
}

/** `virDomainInfo`. */
export interface DomainInfo {
  /** KiB */
  maxMemory: number;
  /** KiB */
  memory: number;
  cpus: number;
  /** ns */
  cpuTime: bigint;
}

/** A domain's state and description, taken in one call. */
export interface DomainSnapshot extends DomainIdentity {
  state: DomainState;
  xml: string;
}

export interface OpenArguments {
  uri: string;
  readOnly: boolean;
  username?: string;
  password?: string;
  /** Interval in seconds; 0 turns keep-alive off. */
  keepAlive: { interval: number; count: number };
}

export type PowerAction = 'create' | 'shutdown' | 'reboot' | 'reset' | 'destroy' | 'suspend' | 'resume';

export interface Screenshot {
  /** `image/png`, `image/x-portable-pixmap` … */
  mimeType: string;
  data: Uint8Array;
}

/**
 * Every request that crosses from the caller to the threads that talk to libvirt. A domain is named by its
 * UUID and looked up for each call: no handle of a domain lives longer than one call, so none can leak or
 * outlive its connection.
 */
export interface Calls {
  open: { arguments: OpenArguments; result: Pointer };
  /** Result: how many references libvirt still holds; 0 unless something leaks. */
  close: { arguments: object; result: number };
  isAlive: { arguments: object; result: boolean };
  hostname: { arguments: object; result: string };
  listDomains: { arguments: { only?: 'active' | 'inactive' }; result: DomainIdentity[] };
  lookup: { arguments: { uuid: string } | { name: string }; result: DomainIdentity };
  getState: { arguments: { uuid: string }; result: DomainState };
  getInfo: { arguments: { uuid: string }; result: DomainInfo };
  getXml: { arguments: { uuid: string; secure: boolean; inactive: boolean }; result: string };
  describe: { arguments: { uuid: string; secure: boolean }; result: DomainSnapshot };
  /** Result: a file descriptor. */
  openGraphics: { arguments: { uuid: string; index: number; skipAuth: boolean }; result: number };
  updateDevice: { arguments: { uuid: string; xml: string }; result: undefined };
  screenshot: { arguments: { uuid: string; screen: number }; result: Screenshot };
  sendKey: { arguments: { uuid: string; keycodes: readonly number[]; holdTime: number }; result: undefined };
  power: { arguments: { uuid: string; action: PowerAction }; result: undefined };
  /** Result: a file descriptor. */
  openConsole: { arguments: { uuid: string; device: string | null; force: boolean }; result: number };
  /** Starts telling of events and of the connection's end. */
  watch: { arguments: object; result: undefined };
  /** Ends consoles and events, so that the connection can be closed. */
  unwatch: { arguments: object; result: undefined };
}

export type CallName = keyof Calls;
export type CallArguments<Name extends CallName> = Calls[Name]['arguments'];
export type CallResult<Name extends CallName> = Calls[Name]['result'];

/** Calls that need libvirt's event loop; the others run on any thread. */
export type EventCallName = 'openConsole' | 'watch' | 'unwatch';
export type PlainCallName = Exclude<CallName, EventCallName>;

/** Calls whose result is a file descriptor that someone has to own. */
export type DescriptorCallName = 'openGraphics' | 'openConsole';

export function isEventCall(name: CallName): name is EventCallName {
  return name === 'openConsole' || name === 'watch' || name === 'unwatch';
}

export function isDescriptorCall(name: CallName): name is DescriptorCallName {
  return name === 'openGraphics' || name === 'openConsole';
}
