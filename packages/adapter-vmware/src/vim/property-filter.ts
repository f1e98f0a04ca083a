import { element, type Xml } from '@remote-consoles/soap-xml';
import { type ManagedObject, managedObjectElement } from './managed-object.js';

/** Which properties to read of objects of one type. */
export interface PropertySelection {
  readonly type: string;
  readonly paths: readonly string[];
}

/** A step from one object to others: along a property that holds references. */
export interface Traversal {
  readonly name: string;
  readonly type: string;
  readonly path: string;
  /** Further steps, and names of steps that are taken again. */
  readonly next?: readonly (Traversal | string)[];
}

/** Where reading starts, whether that object is read itself, and where it goes on. */
export interface ObjectSelection {
  readonly object: ManagedObject;
  readonly skip?: boolean;
  readonly next?: readonly Traversal[];
}

/** The property collector's `PropertyFilterSpec`. */
export interface PropertyFilter {
  readonly properties: readonly PropertySelection[];
  readonly objects: readonly ObjectSelection[];
}

/** Writes the filter; vSphere wants the parts in exactly this order. */
export function propertyFilterElement(name: string, filter: PropertyFilter): Xml {
  return element(name, [...filter.properties.map(propertySet), ...filter.objects.map(objectSet)]);
}

function propertySet({ type, paths }: PropertySelection): Xml {
  return element('propSet', [element('type', type), ...paths.map((path) => element('pathSet', path))]);
}

function objectSet({ object, skip, next = [] }: ObjectSelection): Xml {
  return element('objectSet', [
    managedObjectElement('obj', object),
    element('skip', String(skip ?? false)),
    ...next.map(selectSet),
  ]);
}

function selectSet(step: Traversal | string): Xml {
  if (typeof step === 'string') return element('selectSet', [element('name', step)]);
  const { name, type, path, next = [] } = step;
  return element(
    'selectSet',
    [
      element('name', name),
      element('type', type),
      element('path', path),
      element('skip', 'false'),
      ...next.map(selectSet),
    ],
    { 'xsi:type': 'TraversalSpec' },
  );
}
