import { XMLParser } from 'fast-xml-parser';
import { type XmlAttribute, XmlElement } from './xml-element.js';

/** Elements in one document, and how deep they may lie in each other. */
const MAX_ELEMENTS = 500_000;
const MAX_DEPTH = 64;

const ATTRIBUTE = '@';
const CDATA = '#cdata';
const TEXT = '#text';
const ATTRIBUTES = ':@';

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

type Node = Readonly<Record<string, unknown>>;

/**
 * Parses an XML document without document type: a DTD, and with it every entity of the sender's own, is refused.
 *
 * @param text bounded by the caller
 * @throws SyntaxError where it is no such document, or has too many elements
 */
export function parseXml(text: string): XmlElement {
  if (/<!DOCTYPE/i.test(text)) throw new SyntaxError('XML with a document type');
  const roots = parseNodes(text).flatMap((node) => elementOf(node) ?? []);
  const [root] = roots;
  if (!root || roots.length > 1) throw new SyntaxError('not one XML document');
  return root;
}

function parseNodes(text: string): readonly Node[] {
  let elements = 0;
  const parser = new XMLParser({
    preserveOrder: true,
    processEntities: false,
    ignoreAttributes: false,
    attributeNamePrefix: ATTRIBUTE,
    cdataPropName: CDATA,
    textNodeName: TEXT,
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
    maxNestedTags: MAX_DEPTH,
    jPath: false,
    updateTag: (name) => {
      elements++;
      if (elements > MAX_ELEMENTS) throw new SyntaxError(`more than ${MAX_ELEMENTS} elements`);
      return name;
    },
  });
  try {
    return parser.parse(text) as readonly Node[];
  } catch (cause) {
    // The parser quotes the document in its messages, and the document may hold a secret.
    throw new SyntaxError(cause instanceof SyntaxError ? cause.message : 'not well-formed XML');
  }
}

function elementOf(node: Node): XmlElement | undefined {
  const tag = Object.keys(node).find((key) => key !== ATTRIBUTES);
  if (tag === undefined || tag === TEXT || tag === CDATA) return undefined;
  const content = node[tag] as readonly Node[];
  return new XmlElement({
    name: localName(tag),
    attributes: Object.entries((node[ATTRIBUTES] ?? {}) as Node).map(attributeOf),
    children: content.flatMap((child) => elementOf(child) ?? []),
    text: content.map(textOf).join(''),
  });
}

function attributeOf([key, value]: readonly [string, unknown]): XmlAttribute {
  const written = key.slice(ATTRIBUTE.length);
  return {
    name: localName(written),
    prefixed: written.includes(':'),
    value: decodeReferences(String(value)),
  };
}

function textOf(node: Node): string {
  if (TEXT in node) return decodeReferences(String(node[TEXT]));
  const cdata = node[CDATA];
  return Array.isArray(cdata) ? cdata.map((part: Node) => String(part[TEXT] ?? '')).join('') : '';
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** Decodes the five entities that XML defines itself, and character references. */
function decodeReferences(text: string): string {
  return text.replace(/&(?:([a-z]{2,4})|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));/g, (whole, name, decimal, hex) => {
    if (name !== undefined) return NAMED[name as string] ?? whole;
    const point = decimal === undefined ? Number.parseInt(hex as string, 16) : Number(decimal);
    return point > 0x10ffff ? whole : String.fromCodePoint(point);
  });
}
