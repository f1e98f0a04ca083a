import { element, type Xml, type XmlElement } from '@remote-consoles/soap-xml';
import { VimUnavailable } from '../soap/vim-error.js';

/** A reference to a managed object, such as a `VirtualMachine` `vm-42`. It means something within one server only. */
export interface ManagedObject {
  readonly type: string;
  readonly id: string;
}

export const SERVICE_INSTANCE: ManagedObject = { type: 'ServiceInstance', id: 'ServiceInstance' };

/** @throws VimUnavailable where the element is no reference */
export function parseManagedObject(from: XmlElement | undefined): ManagedObject {
  const object = from && { type: from.attribute('type') ?? '', id: from.text };
  if (!object || !/^\w{1,80}$/.test(object.type) || object.id === '' || object.id.length > 512) {
    throw new VimUnavailable(`a reference to a managed object is missing${from ? ` in ${from.name}` : ''}`);
  }
  return object;
}

export function managedObjectElement(name: string, object: ManagedObject): Xml {
  return element(name, object.id, { type: object.type });
}
