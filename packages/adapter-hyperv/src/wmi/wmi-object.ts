import type { XmlElement } from '@remote-consoles/soap-xml';

/**
 * An instance of a WMI class as WS-Man renders it (DSP0230): an element for each property, several of one name for an
 * array, `xsi:nil` for no value. Whether they lie in an element of the class or in an `XmlFragment` makes no difference.
 */
export class WmiObject {
  readonly #properties: readonly XmlElement[];

  constructor(item: XmlElement) {
    this.#properties = item.children.filter((child) => child.prefixedAttribute('nil') !== 'true');
  }

  /** The values of a property, in order; none where it has none. */
  all(name: string): readonly string[] {
    return this.#properties.filter((property) => property.name === name).map(({ text }) => text);
  }

  /** The first value of a property. */
  text(name: string): string | undefined {
    return this.all(name)[0];
  }

  /** The values of a property that are numbers, in order. */
  numbers(name: string): readonly number[] {
    return this.all(name).flatMap((text) => (/^\s*\d{1,10}\s*$/.test(text) ? [Number(text)] : []));
  }
}
