import type { XmlElement } from '@remote-consoles/soap-xml';
import type { ObjectProperties } from '../vim/object-properties.js';

/** What this adapter knows of a virtual machine. Ids are of managed objects of the same server. */
export interface VirtualMachine {
  /** As vSphere writes it: with `%`, `/` and `\` as `%25`, `%2f` and `%5c`. */
  readonly name: string;
  /** Absent while vSphere does not know it, such as during creation. */
  readonly instanceUuid?: string;
  readonly biosUuid?: string;
  readonly template: boolean;
  readonly powerState: string;
  /** Whether the host of the VM, or its files, are there: `connected`, `orphaned`, … */
  readonly connectionState: string;
  readonly hostId?: string;
  readonly folderId?: string;
  readonly annotation?: string;
  /** Values of custom attributes by the attributes' keys. */
  readonly customValues: ReadonlyMap<string, string>;
  readonly extraConfig: ReadonlyMap<string, string>;
}

/** The properties that identity and state are read from. */
export const STATE_PATHS = [
  'config.instanceUuid',
  'config.uuid',
  'config.template',
  'runtime.powerState',
  'runtime.connectionState',
  'runtime.host',
] as const;

export function parseVirtualMachine(values: ObjectProperties['values']): VirtualMachine {
  const text = (path: string) => values.get(path)?.text || undefined;
  const optional = {
    instanceUuid: text('config.instanceUuid')?.toLowerCase(),
    biosUuid: text('config.uuid')?.toLowerCase(),
    hostId: text('runtime.host'),
    folderId: text('parent'),
    annotation: text('config.annotation'),
  };
  const known = Object.entries(optional).filter(([, value]) => value !== undefined);
  return {
    ...(Object.fromEntries(known) as { [Key in keyof typeof optional]?: string }),
    name: text('name') ?? '',
    template: text('config.template') === 'true',
    powerState: text('runtime.powerState') ?? '',
    connectionState: text('runtime.connectionState') ?? 'connected',
    customValues: pairs(values.get('customValue'), 'CustomFieldValue'),
    extraConfig: pairs(values.get('config.extraConfig'), 'OptionValue'),
  };
}

function pairs(from: XmlElement | undefined, name: string): ReadonlyMap<string, string> {
  const entries = (from?.all(name) ?? []).map(
    (entry) => [entry.textOf('key'), entry.textOf('value')] as const,
  );
  return new Map(entries.filter((entry): entry is [string, string] => !entry.includes(undefined)));
}
