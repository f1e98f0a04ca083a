export type { DomainIdentity, DomainInfo, DomainSnapshot, Screenshot } from './calls/calls.js';
export { Connection, type ConnectionOptions } from './connection.js';
export { Domain } from './domain.js';
export type { GraphicsEvent, GraphicsPhase, LifecycleEvent, LifecycleEventType } from './domain-events.js';
export type { DomainState, DomainStateName } from './domain-state.js';
export {
  LibvirtError,
  LibvirtErrorCode,
  LibvirtErrorDomain,
  type LibvirtErrorLevel,
} from './libvirt-error.js';
export type { Backend } from './native/native-library.js';
