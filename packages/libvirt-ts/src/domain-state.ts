/** `virDomainState`, in its order. */
const states = [
  'no-state',
  'running',
  'blocked',
  'paused',
  'shutdown',
  'shutoff',
  'crashed',
  'pmsuspended',
] as const;

export type DomainStateName = (typeof states)[number] | 'unknown';

/** The reasons of each state (`virDomainRunningReason` …), in their order. */
const reasons: Partial<Record<DomainStateName, readonly string[]>> = {
  running: [
    'unknown',
    'booted',
    'migrated',
    'restored',
    'from-snapshot',
    'unpaused',
    'migration-canceled',
    'save-canceled',
    'wakeup',
    'crashed',
    'postcopy',
    'postcopy-failed',
  ],
  paused: [
    'unknown',
    'user',
    'migration',
    'save',
    'dump',
    'io-error',
    'watchdog',
    'from-snapshot',
    'shutting-down',
    'snapshot',
    'crashed',
    'starting-up',
    'postcopy',
    'postcopy-failed',
    'api-error',
  ],
  shutdown: ['unknown', 'user'],
  shutoff: [
    'unknown',
    'shutdown',
    'destroyed',
    'crashed',
    'migrated',
    'saved',
    'failed',
    'from-snapshot',
    'daemon',
  ],
  crashed: ['unknown', 'panicked'],
};

/** What a domain does and why. `reason` is one of libvirt's names, in kebab case. */
export interface DomainState {
  state: DomainStateName;
  reason: string;
}

/** Reads libvirt's numbers; a number newer than this table gives `unknown`. */
export function domainState(state: number, reason: number): DomainState {
  const name = states[state] ?? 'unknown';
  return { state: name, reason: reasons[name]?.[reason] ?? 'unknown' };
}
