import type { ServerEvent } from '@remote-consoles/core';
import type { LifecycleEvent } from 'libvirt-ts';

/** What a domain's event means for the consoles of its server; nothing, for most. */
export function serverEventKind({ type, detail }: LifecycleEvent): ServerEvent['kind'] | undefined {
  if (type === 'undefined') return detail === 'renamed' ? undefined : 'deleted';
  if (type !== 'stopped') return undefined;
  switch (detail) {
    case 'crashed':
    case 'failed': // QEMU went away without a word
      return 'crashed';
    case 'migrated':
      return 'migrated';
    case 'saved':
      return 'suspended';
    default:
      return 'stopped';
  }
}
