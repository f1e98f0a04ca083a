import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readXml, type XmlElement, XmlError } from './xml-element.js';

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
// XML has no other control characters, and a parser may fold line ends and tabs in attributes
const text = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((value) => !/\p{Cc}/u.test(value));

const escaped = (value: string): string =>
  value.replace(/[<>&'"]/g, (character) => `&#${character.codePointAt(0)};`);

interface Tree {
  name: string;
  attributes: Record<string, string>;
  children: Tree[];
  text: string;
}

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.record({
    name,
    attributes: fc.dictionary(name, text, { maxKeys: 3, noNullPrototype: true }),
    children: fc.oneof(
      { depthSize: 'small' },
      fc.constant<Tree[]>([]),
      fc.array(tie('tree'), { maxLength: 3 }),
    ),
    text: text.map((value) => value.trim()),
  }),
}));

const write = ({ name, attributes, children, text }: Tree): string => {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}='${escaped(value)}'`);
  return `<${name}${written.join('')}>${escaped(text)}${children.map(write).join('')}</${name}>`;
};

const compare = (element: XmlElement, expected: Tree): void => {
  expect(element.name).toBe(expected.name);
  expect(element.text).toBe(expected.text);
  for (const [key, value] of Object.entries(expected.attributes)) expect(element.attribute(key)).toBe(value);
  expect(element.children).toHaveLength(expected.children.length);
  for (const [index, child] of element.children.entries()) compare(child, expected.children[index] as Tree);
};

describe('readXml', () => {
  it('reads any tree of elements, attributes and text', () => {
    fc.assert(fc.property(tree, (expected) => compare(readXml(write(expected)), expected)));
  });

  it('reads what an element writes', () => {
    fc.assert(fc.property(tree, (expected) => compare(readXml(readXml(write(expected)).toXml()), expected)));
    const changed = readXml(`<a b='1' c='2'><d/></a>`).toXml({ c: `<"&'>`, e: '5' });
    const read = readXml(changed);
    expect(['b', 'c', 'e'].map((name) => read.attribute(name))).toEqual(['1', `<"&'>`, '5']);
    expect(read.child('d')).toBeDefined();
  });

  it('reads or refuses anything else, and never shows it', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((value) => `<a>${value}</a>`),
        ),
        (document) => {
          try {
            readXml(document);
          } catch (error) {
            expect(error).toBeInstanceOf(XmlError);
          }
        },
      ),
    );
  });

  it('resolves namespaces by their URI, whatever the prefix', () => {
    const root = readXml(`
      <a xmlns:x='urn:one'>
        <x:b/> <y:b xmlns:y='urn:two'><y:c>in</y:c><x:c/></y:b> <b xmlns='urn:three'><c/></b> <z:b/>
      </a>`);
    expect(root.children.map(({ name, namespace }) => [name, namespace])).toEqual([
      ['b', 'urn:one'],
      ['b', 'urn:two'],
      ['b', 'urn:three'],
      ['b', 'z'],
    ]);
    expect(root.child('b', 'urn:two')?.child('c')?.text).toBe('in');
    expect(root.child('b', 'urn:two')?.childrenNamed('c')).toHaveLength(1);
    expect(root.child('b', 'urn:three')?.child('c')).toBeDefined();
    expect(root.child('b')).toBeUndefined();
  });

  it('decodes the predefined entities and character references, once', () => {
    const root = readXml(
      `<a b='&lt;&amp;amp;&apos;&quot;'>&#65;&#x1F600;&gt;&amp;lt;&unknown;&#0;&#x110000;</a>`,
    );
    expect(root.attribute('b')).toBe(`<&amp;'"`);
    expect(root.text).toBe('A😀>&lt;&unknown;&#0;&#x110000;');
  });

  it('leaves out comments, declarations and instructions', () => {
    const root = readXml(`<?xml version='1.0'?><!-- c --><a><?p?><b/><!-- <c/> --></a>`);
    expect(root.children.map(({ name }) => name)).toEqual(['b']);
  });

  it.each([
    ['nothing', ''],
    ['no XML', 'domain'],
    ['two roots', '<a/><b/>'],
    ['a DOCTYPE', `<!DOCTYPE a [<!ENTITY x 'boom'>]><a>&x;</a>`],
    ['too much', `<a>${' '.repeat(5_000_000)}</a>`],
    ['too deep', `${'<a>'.repeat(5_000)}${'</a>'.repeat(5_000)}`],
  ])('refuses %s', (_what, document) => {
    expect(() => readXml(document)).toThrow(XmlError);
  });

  it('refuses names that mean something to JavaScript objects', () => {
    for (const name of ['__proto__', 'constructor', 'prototype']) {
      expect(() => readXml(`<a><${name} polluted='x'/></a>`)).toThrow(XmlError);
    }
    expect('polluted' in {}).toBe(false);
  });
});
