import { parseXml } from '@remote-consoles/soap-xml';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VimFault, VimUnavailable } from '../soap/vim-error.js';
import { parseConsoleTicket } from './console-ticket.js';
import { parseManagedObject } from './managed-object.js';
import { parsePropertyPage } from './object-properties.js';
import { propertyFilterElement } from './property-filter.js';
import { parseServiceContent } from './service-content.js';
import { parseUpdateSet } from './update-set.js';
import { parseNewestVersion } from './vim-login.js';

const xml = (content: string) => parseXml(`<returnval>${content}</returnval>`);

describe('references to managed objects', () => {
  it('have a type and an id', () => {
    expect(
      parseManagedObject(parseXml('<obj type="VirtualMachine" xsi:type="ManagedObjectReference">vm-1</obj>')),
    ).toEqual({
      type: 'VirtualMachine',
      id: 'vm-1',
    });
    for (const bad of [
      '<o/>',
      '<o type="A"/>',
      '<o>vm-1</o>',
      '<o type="A B">x</o>',
      `<o type="A">${'x'.repeat(600)}</o>`,
    ]) {
      expect(() => parseManagedObject(parseXml(bad)), bad).toThrow(VimUnavailable);
    }
    expect(() => parseManagedObject(undefined)).toThrow(VimUnavailable);
  });
});

describe('service content', () => {
  const managers = ['sessionManager', 'searchIndex', 'propertyCollector', 'viewManager', 'rootFolder'];
  const content = (names: readonly string[]) =>
    xml(names.map((name) => `<${name} type="T">ha-${name}</${name}>`).join(''));

  it('is taken as the server names it, and custom attributes only where it has them', () => {
    expect(parseServiceContent(content(managers)).searchIndex.id).toBe('ha-searchIndex');
    expect(parseServiceContent(content(managers)).customFieldsManager).toBeUndefined();
    expect(parseServiceContent(content([...managers, 'customFieldsManager'])).customFieldsManager?.id).toBe(
      'ha-customFieldsManager',
    );
  });

  it('needs every entry point', () => {
    for (const missing of managers) {
      expect(() => parseServiceContent(content(managers.filter((name) => name !== missing)))).toThrow(
        VimUnavailable,
      );
    }
  });
});

describe('vimServiceVersions.xml', () => {
  const versions = (name: string, version: string) =>
    `<namespaces version="1.0"><namespace><name>urn:vim2</name><version>2.0</version></namespace><namespace>
     <name>${name}</name><version>${version}</version><priorVersions><version>6.5</version></priorVersions></namespace></namespaces>`;

  it('tells the newest version of the API', () => {
    expect(parseNewestVersion(versions('urn:vim25', '8.0.2.0'))).toBe('8.0.2.0');
  });

  it('tells none where it is something else', () => {
    for (const text of [
      versions('urn:vim', '8.0'),
      versions('urn:vim25', '8.0"\r\nX: y'),
      '<html/>',
      'not found',
      '',
    ]) {
      expect(parseNewestVersion(text)).toBeUndefined();
    }
  });
});

describe('property pages', () => {
  it('have values by path, and a token while there is more', () => {
    const page = parsePropertyPage(
      xml(`<token>42</token><objects><obj type="VirtualMachine">vm-1</obj>
        <propSet><name>name</name><val xsi:type="xsd:string">web</val></propSet>
        <missingSet><path>runtime.host</path><fault><fault xsi:type="NoPermission"/></fault></missingSet></objects>`),
    );
    expect(page.token).toBe('42');
    expect(page.objects[0]?.values.get('name')?.text).toBe('web');
    expect(page.objects[0]?.values.has('runtime.host')).toBe(false);
    expect(parsePropertyPage(undefined)).toEqual({ objects: [] });
  });

  it('of nothing but missing authentication mean that the session has ended', () => {
    const missing = `<objects><obj type="VirtualMachine">vm-1</obj><missingSet><path>name</path>
      <fault><fault xsi:type="NotAuthenticated"/></fault></missingSet></objects>`;
    expect(() => parsePropertyPage(xml(missing))).toThrow(new VimFault('NotAuthenticated'));
  });
});

describe('update sets', () => {
  it('tell changes, unset properties and departures', () => {
    const set = parseUpdateSet(
      xml(`<version>7</version><truncated>true</truncated><filterSet><filter type="F">f</filter>
        <objectSet><kind>modify</kind><obj type="VirtualMachine">vm-1</obj>
          <changeSet><name>a</name><op>assign</op><val>1</val></changeSet>
          <changeSet><name>b</name><op>indirectRemove</op></changeSet></objectSet>
        <objectSet><kind>leave</kind><obj type="VirtualMachine">vm-2</obj></objectSet></filterSet>`),
    );
    expect(set).toMatchObject({ version: '7', truncated: true });
    const [changed, gone] = set.updates;
    expect(
      changed?.kind === 'changed' && [...changed.changes].map(([name, value]) => [name, value?.text]),
    ).toEqual([
      ['a', '1'],
      ['b', undefined],
    ]);
    expect(gone).toEqual({ kind: 'gone', object: { type: 'VirtualMachine', id: 'vm-2' } });
  });
});

describe('console tickets', () => {
  it('are read in the form of vSphere 6 to 9', () => {
    expect(
      parseConsoleTicket(
        xml(`<ticket>52e0</ticket><cfgFile>/vmfs/a.vmx</cfgFile><host>esx1</host><port>443</port>
          <sslThumbprint>AA:BB</sslThumbprint><certThumbprintList><thumbprint>CC</thumbprint>
          <hashAlgorithm>sha256</hashAlgorithm></certThumbprintList><url>wss://esx1/ticket/52e0</url>`),
      ),
    ).toEqual({
      ticket: '52e0',
      cfgFile: '/vmfs/a.vmx',
      host: 'esx1',
      port: 443,
      sslThumbprint: 'AA:BB',
      thumbprints: [{ algorithm: 'sha256', thumbprint: 'CC' }],
      url: 'wss://esx1/ticket/52e0',
    });
    expect(parseConsoleTicket(xml('<ticket>1</ticket>'))).toEqual({
      ticket: '1',
      cfgFile: '',
      thumbprints: [],
    });
  });

  it('without ticket, or with an address that is none, are refused', () => {
    const bad = [
      '',
      '<ticket/>',
      `<ticket>${'x'.repeat(2000)}</ticket>`,
      '<ticket>1</ticket><host>a/b</host>',
      '<ticket>1</ticket><host>user@evil</host>',
      '<ticket>1</ticket><port>70000</port>',
      '<ticket>1</ticket><port>-1</port>',
    ];
    for (const content of bad)
      expect(() => parseConsoleTicket(xml(content)), content).toThrow(VimUnavailable);
    expect(() => parseConsoleTicket(undefined)).toThrow(VimUnavailable);
  });

  it('never show themselves in an error', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (host, port) => {
        const plain = (text: string) => text.replace(/[^a-zA-Z0-9.:/@-]/g, '');
        const content = `<ticket>SECRET</ticket><host>${plain(host)}</host><port>${plain(port)}</port>`;
        try {
          parseConsoleTicket(xml(content));
        } catch (error) {
          expect(String(error)).not.toContain('SECRET');
        }
      }),
    );
  });
});

describe('property filters', () => {
  it('are written in the order that vSphere wants, with steps that name each other', () => {
    const written = parseXml(
      propertyFilterElement('specSet', {
        properties: [{ type: 'VirtualMachine', paths: ['name', 'parent'] }],
        objects: [
          {
            object: { type: 'ContainerView', id: 'v-1' },
            skip: true,
            next: [{ name: 'up', type: 'ManagedEntity', path: 'parent', next: ['up'] }],
          },
        ],
      }),
    );
    expect(written.children.map(({ name }) => name)).toEqual(['propSet', 'objectSet']);
    expect(written.child('propSet')?.children.map(({ name, text }) => [name, text])).toEqual([
      ['type', 'VirtualMachine'],
      ['pathSet', 'name'],
      ['pathSet', 'parent'],
    ]);
    const step = written.child('objectSet')?.child('selectSet');
    expect(step?.prefixedAttribute('type')).toBe('TraversalSpec');
    expect(step?.children.map(({ name }) => name)).toEqual(['name', 'type', 'path', 'skip', 'selectSet']);
    expect(step?.child('selectSet')?.textOf('name')).toBe('up');
  });
});
