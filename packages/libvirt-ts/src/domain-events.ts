/** `virDomainEventType`, in its order, each with its details in theirs. */
const lifecycle = [
  ['defined', ['added', 'updated', 'renamed', 'from-snapshot']],
  ['undefined', ['removed', 'renamed']],
  ['started', ['booted', 'migrated', 'restored', 'from-snapshot', 'wakeup']],
  [
    'suspended',
    [
      'paused',
      'migrated',
      'io-error',
      'watchdog',
      'restored',
      'from-snapshot',
      'api-error',
      'postcopy',
      'postcopy-failed',
    ],
  ],
  ['resumed', ['unpaused', 'migrated', 'from-snapshot', 'postcopy', 'postcopy-failed']],
  ['stopped', ['shutdown', 'destroyed', 'crashed', 'migrated', 'saved', 'failed', 'from-snapshot']],
  ['shutdown', ['finished', 'guest', 'host']],
  ['pmsuspended', ['memory', 'disk']],
  ['crashed', ['panicked', 'crashloaded']],
] as const;

/** `virDomainEventGraphicsPhase`, in its order. */
const graphicsPhases = ['connect', 'initialize', 'disconnect'] as const;

export type LifecycleEventType = (typeof lifecycle)[number][0] | 'unknown';
export type GraphicsPhase = (typeof graphicsPhases)[number] | 'unknown';

/** A domain changed its state. `detail` is one of libvirt's names, in kebab case. */
export interface LifecycleEvent {
  uuid: string;
  name: string;
  type: LifecycleEventType;
  detail: string;
}

/** A client came to a domain's display or left it. */
export interface GraphicsEvent {
  uuid: string;
  name: string;
  phase: GraphicsPhase;
  /** Host and port, or an empty host for a unix socket or a passed file descriptor. */
  remote: { node: string; service: string };
  /** The display's name of its authentication: `none`, `vnc`, `x509`, `spice` … */
  authScheme: string;
}

/** Reads libvirt's numbers; a number newer than this table gives `unknown`. */
export function lifecycleEvent(event: number, detail: number): Pick<LifecycleEvent, 'type' | 'detail'> {
  const [type, details] = lifecycle[event] ?? (['unknown', []] as const);
  return { type, detail: details[detail] ?? 'unknown' };
}

/** Reads libvirt's number; a number newer than this table gives `unknown`. */
export function graphicsPhase(phase: number): GraphicsPhase {
  return graphicsPhases[phase] ?? 'unknown';
}
