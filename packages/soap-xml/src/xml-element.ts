/** One attribute of an element. */
export interface XmlAttribute {
  /** Without prefix. */
  readonly name: string;
  /** Whether it was written with a prefix; which one is the sender's choice. */
  readonly prefixed: boolean;
  readonly value: string;
}

/** One element of a document. Names are without their namespace prefix. */
export class XmlElement {
  readonly name: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
  readonly text: string;

  constructor(parts: {
    readonly name: string;
    readonly attributes?: readonly XmlAttribute[];
    readonly children?: readonly XmlElement[];
    readonly text?: string;
  }) {
    this.name = parts.name;
    this.attributes = parts.attributes ?? [];
    this.children = parts.children ?? [];
    this.text = parts.text ?? '';
  }

  /** The value of the attribute that was written without prefix: the element's own. */
  attribute(name: string): string | undefined {
    return this.#valueOf(name, false);
  }

  /** The value of the attribute that was written with a prefix, such as `type` for `xsi:type`. */
  prefixedAttribute(name: string): string | undefined {
    return this.#valueOf(name, true);
  }

  /** The first child of that name, or the descendant that the names lead to. */
  child(...path: readonly string[]): XmlElement | undefined {
    return path.reduce<XmlElement | undefined>(
      (parent, name) => parent?.children.find((child) => child.name === name),
      this,
    );
  }

  /** All children of that name. */
  all(name: string): readonly XmlElement[] {
    return this.children.filter((child) => child.name === name);
  }

  /** The text of the first child of that name; undefined where there is none or it is empty. */
  textOf(name: string): string | undefined {
    return this.child(name)?.text || undefined;
  }

  #valueOf(name: string, prefixed: boolean): string | undefined {
    return this.attributes.find((attribute) => attribute.name === name && attribute.prefixed === prefixed)
      ?.value;
  }
}
