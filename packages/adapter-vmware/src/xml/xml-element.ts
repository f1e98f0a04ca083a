/** One element of a parsed answer. Names are without their namespace prefix. */
export class XmlElement {
  readonly name: string;
  /** The name in `xsi:type`, without prefix. */
  readonly type: string | undefined;
  /** The attribute `type`, which vSphere writes on references to managed objects. */
  readonly referenceType: string | undefined;
  readonly children: readonly XmlElement[];
  readonly text: string;

  constructor(parts: {
    readonly name: string;
    readonly type?: string | undefined;
    readonly referenceType?: string | undefined;
    readonly children?: readonly XmlElement[];
    readonly text?: string;
  }) {
    this.name = parts.name;
    this.type = parts.type;
    this.referenceType = parts.referenceType;
    this.children = parts.children ?? [];
    this.text = parts.text ?? '';
  }

  /** The first child of that name. */
  child(name: string): XmlElement | undefined {
    return this.children.find((child) => child.name === name);
  }

  /** All children of that name. */
  all(name: string): readonly XmlElement[] {
    return this.children.filter((child) => child.name === name);
  }

  /** The text of the first child of that name; undefined where there is none or it is empty. */
  textOf(name: string): string | undefined {
    return this.child(name)?.text || undefined;
  }
}
