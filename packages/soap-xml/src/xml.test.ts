import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseXml } from './parse-xml.js';
import { element } from './write-xml.js';

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 (§2.2) forbids
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u;
const xmlText = fc.string({ unit: 'binary' }).filter((text) => !forbidden.test(text));

describe('parseXml and element', () => {
  it('carry any text that XML can carry, unchanged', () => {
    fc.assert(
      fc.property(xmlText, xmlText, (text, code) => {
        const child = parseXml(element('a', [element('b', text, { Code: code })])).child('b');
        expect(child?.text).toBe(text);
        expect(child?.attribute('Code')).toBe(code);
      }),
    );
  });

  it('refuse to write text that XML cannot carry', () => {
    for (const text of ['\u0000', '\u001b', '\ufffe', '\ud800']) {
      expect(() => element('a', text)).toThrow(RangeError);
    }
  });

  it('keep an attacker’s markup text', () => {
    const parsed = parseXml(element('name', '</name><evil/>&amp;', { x: '"/><evil y="' }));
    expect(parsed).toMatchObject({ text: '</name><evil/>&amp;', children: [] });
    expect(parsed.attributes).toEqual([{ name: 'x', prefixed: false, value: '"/><evil y="' }]);
  });
});

describe('parseXml', () => {
  it('leaves prefixes out, whatever they are, and tells type from xsi:type', () => {
    const parsed = parseXml(
      '<?xml version="1.0"?><s:a xmlns:q="u" q:type="vim:Moref" type="HostSystem">host-1</s:a>',
    );
    expect(parsed).toMatchObject({ name: 'a', text: 'host-1' });
    expect(parsed.attribute('type')).toBe('HostSystem');
    expect(parsed.prefixedAttribute('type')).toBe('vim:Moref');
    expect(parsed.attribute('other')).toBeUndefined();
  });

  it('finds descendants by their path', () => {
    const parsed = parseXml('<s:a xmlns:s="u"><p:b><c>1</c></p:b></s:a>');
    expect(parsed.child('b', 'c')?.text).toBe('1');
    expect(parsed.child('c')).toBeUndefined();
    expect(parsed.child('b', 'd', 'e')).toBeUndefined();
    expect(parsed.child()).toBe(parsed);
  });

  it('leaves what looks like a number or a space alone', () => {
    const parsed = parseXml('<a><b>0012</b><b> 1e3 </b><b/></a>');
    expect(parsed.all('b').map(({ text }) => text)).toEqual(['0012', ' 1e3 ', '']);
    expect(parsed.textOf('b')).toBe('0012');
    expect(parsed.textOf('c')).toBeUndefined();
  });

  it('decodes the entities and references of XML once, and none in CDATA', () => {
    expect(parseXml('<a>&lt;&amp;lt;&#65;&#x1F600;&apos;&quot;&gt;</a>').text).toBe('<&lt;A😀\'">');
    expect(parseXml('<a>x<![CDATA[<b>&lt;]]>y</a>').text).toBe('x<b>&lt;y');
  });

  it('leaves references that stand for nothing as they are', () => {
    expect(parseXml('<a>&nbsp;&#x110000;&toString;&;</a>').text).toBe('&nbsp;&#x110000;&toString;&;');
  });

  it('refuses document types, and with them entities of the sender’s own', () => {
    const laughs = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]><a>&y;</a>';
    expect(() => parseXml(laughs)).toThrow('document type');
    expect(() => parseXml('<!doctype a SYSTEM "file:///etc/passwd"><a/>')).toThrow('document type');
  });

  it('refuses what is no one document', () => {
    for (const text of ['', ' ', 'text', '<a/><b/>', '<a', '<!-- ', '<a><!-- </a>']) {
      expect(() => parseXml(text), text).toThrow(SyntaxError);
    }
  });

  it('refuses depth and number without end, and reserved names', () => {
    expect(() => parseXml('<a>'.repeat(100_000))).toThrow(SyntaxError);
    expect(() => parseXml(`<r>${'<a/>'.repeat(500_001)}</r>`)).toThrow('more than 500000 elements');
    expect(() => parseXml('<constructor/>')).toThrow(SyntaxError);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('throws nothing but SyntaxError, and never quotes the document', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '/',
      '</a>',
      '<a ',
      'x="',
      "'",
      '&#',
      ']]>',
      '<![CDATA[',
      '<!--',
      '?>',
      'SECRET',
    );
    const garbage = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 40 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(garbage, (text) => {
        try {
          parseXml(text);
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
          expect(String(error)).not.toContain('SECRET');
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('survives an answer that was cut anywhere', () => {
    const whole = '<e:E xmlns:e="u"><B a="1">x&amp;<![CDATA[y]]><!-- c --></B></e:E>';
    for (let length = 0; length < whole.length; length++) {
      try {
        parseXml(whole.slice(0, length));
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxError);
      }
    }
    expect(parseXml(whole).textOf('B')).toBe('x&y');
  });
});
