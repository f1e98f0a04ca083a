import { parseXml } from '@remote-consoles/soap-xml';
import { describe, expect, it } from 'vitest';
import type { ObjectProperties } from '../vim/object-properties.js';
import { propertyValues } from '../vim/object-properties.js';
import { Inventory } from './inventory.js';
import { inventoryFilter } from './inventory-filter.js';
import type { ProjectRules } from './project-rules.js';
import { serverOf } from './server-of-vm.js';

const INSTANCE = '12f8928d-f144-5c57-89db-dd2d0902c9fa';
const BIOS = '39365506-5a0a-5fd0-be10-9586ad53aaad';

function object(type: string, id: string, values: Readonly<Record<string, string>>): ObjectProperties {
  const properties = Object.entries(values).map(([name, value]) =>
    parseXml(`<propSet><name>${name}</name><val>${value}</val></propSet>`),
  );
  return { object: { type, id }, values: propertyValues(properties) };
}

const around = [
  object('HostSystem', 'host-1', { name: 'esx1.example.org' }),
  object('Folder', 'group-d1', { name: 'Datacenters' }),
  object('Datacenter', 'dc-1', { name: 'DC0', parent: 'group-d1' }),
  object('Folder', 'group-v1', { name: 'vm', parent: 'dc-1' }),
  object('Folder', 'group-v2', { name: 'tenants', parent: 'group-v1' }),
  object('Folder', 'group-v3', { name: 'acme', parent: 'group-v2' }),
  object('CustomFieldsManager', 'CustomFieldsManager', {
    field: `<CustomFieldDef><key>7</key><name>project</name><managedObjectType>VirtualMachine</managedObjectType></CustomFieldDef>
      <CustomFieldDef><key>8</key><name>project</name><managedObjectType>HostSystem</managedObjectType></CustomFieldDef>`,
  }),
];
const running = {
  name: 'web',
  'config.instanceUuid': INSTANCE,
  'config.uuid': BIOS,
  'config.template': 'false',
  'runtime.powerState': 'poweredOn',
  'runtime.connectionState': 'connected',
  'runtime.host': 'host-1',
  parent: 'group-v3',
};
const rules = (some: Partial<ProjectRules>): ProjectRules => ({
  novaAnnotation: false,
  folders: new Map(),
  ...some,
});

function server(values: Readonly<Record<string, string>>, some: Partial<ProjectRules> = { default: 'p' }) {
  const vm = Object.fromEntries(
    Object.entries({ ...running, ...values }).filter(([, value]) => value !== ''),
  );
  const inventory = new Inventory([...around, object('VirtualMachine', 'vm-1', vm)]);
  const [read] = inventory.virtualMachines;
  return read && serverOf(read, inventory, rules(some));
}

describe('the server of a VM', () => {
  it('has the instance UUID, the host’s name and the state', () => {
    expect(server({})).toEqual({
      id: INSTANCE,
      name: 'web',
      projectId: 'p',
      host: 'esx1.example.org',
      vmState: 'active',
    });
  });

  it('has the BIOS UUID where there is no other, in lower case', () => {
    expect(server({ 'config.instanceUuid': '', 'config.uuid': BIOS.toUpperCase() })?.id).toBe(BIOS);
  });

  it.each([
    ['poweredOn', 'active'],
    ['poweredOff', 'stopped'],
    ['suspended', 'suspended'],
    ['somethingNew', 'error'],
    ['', 'error'],
  ])('in power state "%s" is %s', (power, vmState) => {
    expect(server({ 'runtime.powerState': power })?.vmState).toBe(vmState);
  });

  it.each(['orphaned', 'inaccessible', 'invalid'])('is in error while it is %s', (state) => {
    expect(server({ 'runtime.connectionState': state })?.vmState).toBe('error');
  });

  it('sits on no host once it is orphaned, and keeps its state while the host is out of touch', () => {
    expect(server({ 'runtime.connectionState': 'orphaned' })).not.toHaveProperty('host');
    expect(server({ 'runtime.connectionState': 'disconnected' })).toMatchObject({ vmState: 'active' });
  });

  it('names a host that may not be read by its id', () => {
    expect(server({ 'runtime.host': 'host-9' })?.host).toBe('host-9');
  });

  it('shows the name without vSphere’s escapes', () => {
    expect(server({ name: '100%25 a%2fb%5cc %41' })?.name).toBe('100% a/b\\c %41');
  });

  it('is none for a template, without id, or without project', () => {
    expect(server({ 'config.template': 'true' })).toBeUndefined();
    expect(server({ 'config.instanceUuid': '', 'config.uuid': '' })).toBeUndefined();
    expect(server({}, {})).toBeUndefined();
  });
});

describe('the project of a VM', () => {
  const attribute = {
    customValue: '<CustomFieldValue><key>7</key><value>from-attribute</value></CustomFieldValue>',
  };
  const extra = {
    'config.extraConfig': '<OptionValue><key>rc.project</key><value>from-extra</value></OptionValue>',
  };
  const notes = { 'config.annotation': 'name:web\nuserid:u\nprojectid:from-notes\nprojectname:n\n' };
  const all: Partial<ProjectRules> = {
    customAttribute: 'project',
    extraConfig: 'rc.project',
    novaAnnotation: true,
    folders: new Map([['DC0/vm/tenants', 'from-folder']]),
    default: 'by-default',
  };

  it('is what the first rule says that says anything', () => {
    expect(server({ ...attribute, ...extra, ...notes }, all)?.projectId).toBe('from-attribute');
    expect(server({ ...extra, ...notes }, all)?.projectId).toBe('from-extra');
    expect(server(notes, all)?.projectId).toBe('from-notes');
    expect(server({}, all)?.projectId).toBe('from-folder');
    expect(server({ parent: '' }, all)?.projectId).toBe('by-default');
  });

  it('is not read from where no rule points', () => {
    expect(server({ ...attribute, ...extra, ...notes }, { default: 'by-default' })?.projectId).toBe(
      'by-default',
    );
    expect(server(attribute, { customAttribute: 'owner', default: 'by-default' })?.projectId).toBe(
      'by-default',
    );
  });

  it('is not an attribute of something else with the same name', () => {
    const other = { customValue: '<CustomFieldValue><key>8</key><value>host’s</value></CustomFieldValue>' };
    expect(server(other, { customAttribute: 'project' })).toBeUndefined();
  });

  it('is not an empty or endless value', () => {
    for (const value of ['', '  ', 'x'.repeat(256)]) {
      const values = {
        'config.extraConfig': `<OptionValue><key>rc.project</key><value>${value}</value></OptionValue>`,
      };
      expect(server(values, { extraConfig: 'rc.project' }), value).toBeUndefined();
    }
  });

  it('is that of the deepest folder, by whole names', () => {
    const folders = new Map([
      ['DC0/vm/tenants', 'all'],
      ['DC0/vm/tenants/acme', 'acme'],
      ['DC0/vm/tenants/ac', 'wrong'],
    ]);
    expect(server({}, { folders })?.projectId).toBe('acme');
    expect(server({ parent: 'group-v2' }, { folders })?.projectId).toBe('all');
    expect(server({ parent: 'group-v1' }, { folders })).toBeUndefined();
  });

  it('is not one that the user wrote into the server’s name', () => {
    for (const separator of ['\n', '&#13;', '&#8232;', '&#133;']) {
      const forged = { 'config.annotation': `name:web${separator}projectid:victim\nprojectid:own\n` };
      expect(server(forged, { novaAnnotation: true })).toBeUndefined();
    }
    const quoted = { 'config.annotation': 'name:projectid:victim\nprojectid:own\n' };
    expect(server(quoted, { novaAnnotation: true })?.projectId).toBe('own');
  });

  it('is looked for in bounded time where folders go in a circle', () => {
    const circle = [
      object('Folder', 'a', { name: 'a', parent: 'b' }),
      object('Folder', 'b', { name: 'b', parent: 'a' }),
      object('VirtualMachine', 'vm-1', { ...running, parent: 'a' }),
    ];
    const inventory = new Inventory(circle);
    expect(inventory.virtualMachines.map((vm) => inventory.folderPath(vm).length)).toEqual([64]);
  });
});

describe('the inventory filter', () => {
  const manager = { type: 'M', id: 'm' };
  const content = {
    sessionManager: manager,
    searchIndex: manager,
    propertyCollector: manager,
    viewManager: manager,
    rootFolder: manager,
  };
  const start = { kind: 'vm', vm: { type: 'VirtualMachine', id: 'vm-1' } } as const;
  const paths = (some: Partial<ProjectRules>, where = content) =>
    inventoryFilter(start, rules(some), where).properties.flatMap(({ type, paths: of }) =>
      of.map((path) => `${type}.${path}`),
    );

  it('reads large properties only where a rule asks for them', () => {
    const plain = paths({ default: 'p' });
    for (const path of ['config.extraConfig', 'config.annotation', 'customValue', 'parent']) {
      expect(plain).not.toContain(`VirtualMachine.${path}`);
    }
    expect(paths({ extraConfig: 'k' })).toContain('VirtualMachine.config.extraConfig');
    expect(paths({ folders: new Map([['a', 'b']]) })).toContain('Datacenter.parent');
  });

  it('asks no ESXi host for custom attributes, which only vCenter has', () => {
    const objects = (where: typeof content) =>
      inventoryFilter(start, rules({ customAttribute: 'a' }), where).objects;
    expect(objects(content)).toHaveLength(1);
    expect(objects({ ...content, customFieldsManager: manager } as typeof content)).toHaveLength(2);
  });
});
