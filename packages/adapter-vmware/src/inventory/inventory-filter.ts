import type { ManagedObject } from '../vim/managed-object.js';
import type {
  ObjectSelection,
  PropertyFilter,
  PropertySelection,
  Traversal,
} from '../vim/property-filter.js';
import type { ServiceContent } from '../vim/service-content.js';
import type { ProjectRules } from './project-rules.js';
import { STATE_PATHS } from './virtual-machine.js';

/** From where VMs are read: one of them, or a view of many. */
export type InventoryStart =
  | { readonly kind: 'vm'; readonly vm: ManagedObject }
  | { readonly kind: 'view'; readonly view: ManagedObject };

const TO_HOST: Traversal = { name: 'toHost', type: 'VirtualMachine', path: 'runtime.host' };
const TO_PARENT: Traversal = { name: 'toParent', type: 'ManagedEntity', path: 'parent', next: ['toParent'] };

/** Everything that servers are made from, in one read; of large properties only those that the rules ask for. */
export function inventoryFilter(
  start: InventoryStart,
  rules: ProjectRules,
  content: ServiceContent,
): PropertyFilter {
  const fields = rules.customAttribute === undefined ? undefined : content.customFieldsManager;
  const around = rules.folders.size > 0 ? [TO_HOST, TO_PARENT] : [TO_HOST];
  return {
    properties: [
      ...vmProperties(rules),
      { type: 'HostSystem', paths: ['name'] },
      ...projectProperties(rules),
    ],
    objects: [startObject(start, around), ...(fields ? [{ object: fields }] : [])],
  };
}

/** What the watch needs: identity and state of every VM of the view. */
export function stateFilter(view: ManagedObject): PropertyFilter {
  return {
    properties: [{ type: 'VirtualMachine', paths: STATE_PATHS }],
    objects: [startObject({ kind: 'view', view }, [])],
  };
}

function vmProperties(rules: ProjectRules): readonly PropertySelection[] {
  const paths = [
    'name',
    ...STATE_PATHS,
    ...(rules.customAttribute === undefined ? [] : ['customValue']),
    ...(rules.extraConfig === undefined ? [] : ['config.extraConfig']),
    ...(rules.novaAnnotation ? ['config.annotation'] : []),
    ...(rules.folders.size > 0 ? ['parent'] : []),
  ];
  return [{ type: 'VirtualMachine', paths }];
}

function projectProperties(rules: ProjectRules): readonly PropertySelection[] {
  const named = ['name', 'parent'];
  return [
    ...(rules.customAttribute === undefined ? [] : [{ type: 'CustomFieldsManager', paths: ['field'] }]),
    ...(rules.folders.size > 0
      ? [
          { type: 'Folder', paths: named },
          { type: 'Datacenter', paths: named },
        ]
      : []),
  ];
}

function startObject(start: InventoryStart, around: readonly Traversal[]): ObjectSelection {
  if (start.kind === 'vm') return { object: start.vm, next: around };
  const toVms: Traversal = { name: 'toVms', type: 'ContainerView', path: 'view', next: around };
  return { object: start.view, skip: true, next: [toVms] };
}
