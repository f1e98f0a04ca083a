import type { XmlElement } from '@remote-consoles/soap-xml';
import { type ManagedObject, parseManagedObject } from './managed-object.js';

/** The entry points of a vSphere server. Their ids differ between vCenter and ESXi. */
export interface ServiceContent {
  readonly sessionManager: ManagedObject;
  readonly searchIndex: ManagedObject;
  readonly propertyCollector: ManagedObject;
  readonly viewManager: ManagedObject;
  readonly rootFolder: ManagedObject;
  /** Absent on ESXi, which has no custom attributes. */
  readonly customFieldsManager?: ManagedObject;
}

/** @throws VimUnavailable where an entry point is missing */
export function parseServiceContent(from: XmlElement | undefined): ServiceContent {
  const fields = from?.child('customFieldsManager');
  return {
    sessionManager: parseManagedObject(from?.child('sessionManager')),
    searchIndex: parseManagedObject(from?.child('searchIndex')),
    propertyCollector: parseManagedObject(from?.child('propertyCollector')),
    viewManager: parseManagedObject(from?.child('viewManager')),
    rootFolder: parseManagedObject(from?.child('rootFolder')),
    ...(fields && { customFieldsManager: parseManagedObject(fields) }),
  };
}
