import type { XmlElement } from '@remote-consoles/soap-xml';
import { type ManagedObject, parseManagedObject } from './managed-object.js';

/** What became of one watched object. A property that was unset is there with `undefined`. */
export type ObjectUpdate =
  | {
      readonly kind: 'changed';
      readonly object: ManagedObject;
      readonly changes: ReadonlyMap<string, XmlElement | undefined>;
    }
  | { readonly kind: 'gone'; readonly object: ManagedObject };

/** An answer of WaitForUpdatesEx. */
export interface UpdateSet {
  /** What asks for what comes next. */
  readonly version: string;
  readonly updates: readonly ObjectUpdate[];
  /** Whether there is more to fetch at once. */
  readonly truncated: boolean;
}

/** @throws VimUnavailable where an object's reference is missing */
export function parseUpdateSet(set: XmlElement): UpdateSet {
  return {
    version: set.textOf('version') ?? '',
    updates: set.all('filterSet').flatMap((filter) => filter.all('objectSet').map(parseUpdate)),
    truncated: set.textOf('truncated') === 'true',
  };
}

function parseUpdate(update: XmlElement): ObjectUpdate {
  const object = parseManagedObject(update.child('obj'));
  if (update.textOf('kind') === 'leave') return { kind: 'gone', object };
  const changes = new Map<string, XmlElement | undefined>();
  for (const change of update.all('changeSet')) {
    const name = change.textOf('name');
    if (name !== undefined)
      changes.set(name, change.textOf('op') === 'assign' ? change.child('val') : undefined);
  }
  return { kind: 'changed', object, changes };
}
