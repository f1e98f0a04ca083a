/** One element of a parsed answer. Names, also of attributes, are without their namespace prefix. */
export class XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  readonly text: string;

  constructor(parts: {
    readonly name: string;
    readonly attributes?: ReadonlyMap<string, string>;
    readonly children?: readonly XmlElement[];
    readonly text?: string;
  }) {
    this.name = parts.name;
    this.attributes = parts.attributes ?? new Map();
    this.children = parts.children ?? [];
    this.text = parts.text ?? '';
  }

  /** The first child of that name, or the descendant that the names lead to. */
  child(...path: readonly string[]): XmlElement | undefined {
    return path.reduce<XmlElement | undefined>(
      (parent, name) => parent?.children.find((child) => child.name === name),
      this,
    );
  }
}
