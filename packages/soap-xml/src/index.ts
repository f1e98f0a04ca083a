export { parseXml } from './parse-xml.js';
export { element, type Xml } from './write-xml.js';
export { type XmlAttribute, XmlElement } from './xml-element.js';
