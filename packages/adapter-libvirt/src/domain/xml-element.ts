import { XMLParser } from 'fast-xml-parser';

/** libvirt's own limit for a string on the wire is 4 MiB. */
const maximumLength = 4 * 1024 * 1024;
const textKey = '#text';
const attributesKey = ':@';

/** A text that is not the XML it should be. The message never holds the text: it may contain passwords. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
}

/** An element with its namespace resolved. Comments and processing instructions are left out. */
export class XmlElement {
  /** The name without its prefix. */
  readonly name: string;
  /** The URI that the prefix stands for; empty without a prefix. */
  readonly namespace: string;
  readonly children: readonly XmlElement[];
  /** The text directly inside, without white space around it. */
  readonly text: string;
  readonly #attributes: ReadonlyMap<string, string>;

  constructor(parts: {
    name: string;
    namespace: string;
    attributes: ReadonlyMap<string, string>;
    children: readonly XmlElement[];
    text: string;
  }) {
    this.name = parts.name;
    this.namespace = parts.namespace;
    this.children = parts.children;
    this.text = parts.text;
    this.#attributes = parts.attributes;
  }

  attribute(name: string): string | undefined {
    return this.#attributes.get(name);
  }

  /** Writes the element, with other values for some attributes of its own. Prefixes are not written. */
  toXml(changes: Readonly<Record<string, string>> = {}): string {
    const attributes = [...new Map([...this.#attributes, ...Object.entries(changes)])];
    const written = attributes.map(([name, value]) => ` ${name}="${encodeEntities(value)}"`).join('');
    const inside = encodeEntities(this.text) + this.children.map((child) => child.toXml()).join('');
    return `<${this.name}${written}>${inside}</${this.name}>`;
  }

  /** The first child of this name, in the namespace of this element unless another is given. */
  child(name: string, namespace = this.namespace): XmlElement | undefined {
    return this.children.find((child) => child.name === name && child.namespace === namespace);
  }

  childrenNamed(name: string): readonly XmlElement[] {
    return this.children.filter((child) => child.name === name && child.namespace === this.namespace);
  }
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  textNodeName: textKey,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  processEntities: false, // the five that libvirt writes are decoded below; a document defines none of its own
  maxNestedTags: 100,
});

/**
 * Reads a document and gives its root.
 *
 * @throws XmlError where it is too long, has a DOCTYPE, or is no XML with one root
 */
export function readXml(document: string): XmlElement {
  if (document.length > maximumLength) throw new XmlError('the XML document is too long');
  if (document.includes('<!DOCTYPE')) throw new XmlError('the XML document has a DOCTYPE');
  let nodes: unknown;
  try {
    nodes = parser.parse(document);
  } catch {
    throw new XmlError('the XML document is malformed');
  }
  const [root, ...others] = elements(nodes, new Map());
  if (root === undefined || others.length > 0) throw new XmlError('the XML document has not one root');
  return root;
}

type Prefixes = ReadonlyMap<string, string>;

function elements(nodes: unknown, prefixes: Prefixes): XmlElement[] {
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node: unknown) => element(node, prefixes) ?? []);
}

/** A node of fast-xml-parser's ordered tree: `{ name: [nodes], ':@': { attribute: value } }`. */
function element(node: unknown, outer: Prefixes): XmlElement | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  const entries = Object.entries(node) as [string, unknown][];
  const [qualified, nodes] = entries.find(([key]) => key !== attributesKey && key !== textKey) ?? [];
  if (qualified === undefined) return undefined;
  const attributes = readAttributes(entries.find(([key]) => key === attributesKey)?.[1]);
  const prefixes = withDeclarations(outer, attributes);
  const colon = qualified.indexOf(':');
  const prefix = qualified.slice(0, Math.max(0, colon));
  return new XmlElement({
    name: qualified.slice(colon + 1),
    // an undeclared prefix names a namespace that nobody asks for
    namespace: prefixes.get(prefix) ?? prefix,
    attributes,
    children: elements(nodes, prefixes),
    text: readText(nodes),
  });
}

function readAttributes(attributes: unknown): Map<string, string> {
  if (typeof attributes !== 'object' || attributes === null) return new Map();
  return new Map(Object.entries(attributes).map(([name, value]) => [name, decodeEntities(String(value))]));
}

function withDeclarations(outer: Prefixes, attributes: ReadonlyMap<string, string>): Prefixes {
  const declared = [...attributes].flatMap(([name, uri]): [string, string][] => {
    if (name === 'xmlns') return [['', uri]];
    return name.startsWith('xmlns:') ? [[name.slice('xmlns:'.length), uri]] : [];
  });
  return declared.length === 0 ? outer : new Map([...outer, ...declared]);
}

function readText(nodes: unknown): string {
  if (!Array.isArray(nodes)) return '';
  const texts = nodes.map((node: unknown) =>
    typeof node === 'object' && node !== null && textKey in node ? String(node[textKey]) : '',
  );
  return decodeEntities(texts.join('')).trim();
}

const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** XML 1.0 §4.6 and §4.1: the predefined entities and character references; anything else stays as it is. */
function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(lt|gt|amp|quot|apos));/gi,
    (whole, hex, decimal, name) => {
      if (typeof name === 'string') return named[name] ?? whole;
      const code = Number.parseInt(hex ?? decimal, hex === undefined ? 10 : 16);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

function encodeEntities(text: string): string {
  return text.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
