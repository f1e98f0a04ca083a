import type { XmlElement } from '@remote-consoles/soap-xml';
import { faultName } from '../soap/soap-envelope.js';
import { VimFault } from '../soap/vim-error.js';
import { type ManagedObject, parseManagedObject } from './managed-object.js';

/** Some properties of a managed object, by path; those that are unset or may not be read are absent. */
export interface ObjectProperties {
  readonly object: ManagedObject;
  readonly values: ReadonlyMap<string, XmlElement>;
}

/** A page of the property collector's answer. */
export interface PropertyPage {
  readonly objects: readonly ObjectProperties[];
  /** What asks for the next page. */
  readonly token?: string;
}

/** @throws VimFault `NotAuthenticated` where properties are missing for that reason */
export function parsePropertyPage(result: XmlElement | undefined): PropertyPage {
  const token = result?.textOf('token');
  return {
    objects: (result?.all('objects') ?? []).map(parseObject),
    ...(token !== undefined && { token }),
  };
}

function parseObject(content: XmlElement): ObjectProperties {
  for (const missing of content.all('missingSet')) {
    // Some servers answer without a session, but for every property.
    if (faultName(missing.child('fault')?.child('fault')) === 'NotAuthenticated') {
      throw new VimFault('NotAuthenticated');
    }
  }
  return { object: parseManagedObject(content.child('obj')), values: propertyValues(content.all('propSet')) };
}

/** Names and values of `propSet` or `changeSet` elements. */
export function propertyValues(from: readonly XmlElement[]): Map<string, XmlElement> {
  const values = new Map<string, XmlElement>();
  for (const property of from) {
    const name = property.textOf('name');
    const value = property.child('val');
    if (name !== undefined && value) values.set(name, value);
  }
  return values;
}
