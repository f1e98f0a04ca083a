import { XmlElement } from '@remote-consoles/soap-xml';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WmiObject } from '../wmi/wmi-object.js';
import { isWqlValue } from '../wmi/wql.js';
import { type Guid, parseGuid } from './guid.js';
import { type NameTemplate, parseNameTemplate } from './name-template.js';
import { projectOf } from './project-rules.js';
import { idsInNotes, novaId, ServerIdentity } from './server-identity.js';
import { serverOf, vmStateOf } from './server-of-vm.js';
import { parseNotes, parseVirtualMachine, type VirtualMachine } from './virtual-machine.js';

const A = '0B5C41F7-9B4A-4B53-8C3C-2D7B2F5D1A01' as Guid;
const B = '0B5C41F7-9B4A-4B53-8C3C-2D7B2F5D1A02' as Guid;
const object = (properties: Readonly<Record<string, readonly (string | number)[]>>) =>
  new WmiObject(
    new XmlElement({
      name: 'item',
      children: Object.entries(properties).flatMap(([name, values]) =>
        values.map((value) => new XmlElement({ name, text: String(value) })),
      ),
    }),
  );
const vm = (changes: Partial<VirtualMachine> = {}): VirtualMachine => ({
  guid: A,
  name: 'web',
  enabledState: 2,
  migrating: false,
  replica: false,
  notes: [],
  ...changes,
});

describe('parseGuid', () => {
  it('takes GUIDs in any case and makes them as Hyper-V writes them', () => {
    fc.assert(
      fc.property(fc.uuid(), (uuid) => {
        expect(parseGuid(uuid)).toBe(uuid.toUpperCase());
        expect(parseGuid(uuid.toUpperCase())).toBe(uuid.toUpperCase());
      }),
    );
  });

  it('takes nothing else', () => {
    const others = [
      '',
      `{${A}}`,
      `${A} `,
      `${A}\n`,
      A.slice(1),
      A.replaceAll('-', ''),
      A.replace('F', 'ﬀ'),
      A.replace('0', '٠'),
    ];
    for (const text of others) expect(parseGuid(text), text).toBeUndefined();
    fc.assert(fc.property(fc.string(), (text) => parseGuid(text) === undefined));
  });
});

describe('parseVirtualMachine', () => {
  const system = { Name: [A.toLowerCase()], ElementName: ['web'], EnabledState: [2] };

  it('reads name, state, replication and migration', () => {
    expect(parseVirtualMachine(object(system))).toEqual(vm());
    const moving = object({ ...system, OperationalStatus: [11, 32_774] });
    expect(parseVirtualMachine(moving)?.migrating).toBe(true);
    for (const [mode, replica] of [
      [0, false],
      [1, false],
      [2, true],
      [3, false],
      [4, true],
    ] as const) {
      expect(parseVirtualMachine(object({ ...system, ReplicationMode: [mode] }))?.replica).toBe(replica);
    }
  });

  it('takes the host’s own computer system for no VM', () => {
    expect(parseVirtualMachine(object({ ...system, Name: ['HV1'] }))).toBeUndefined();
    expect(parseVirtualMachine(object({}))).toBeUndefined();
  });

  it('reads notes line by line', () => {
    const settings = object({ VirtualSystemIdentifier: [A], Notes: ['a\r\nb\n\nc', 'd'] });
    expect(parseNotes(settings)).toEqual({ guid: A, notes: ['a', 'b', '', 'c', 'd'] });
    expect(parseNotes(object({ VirtualSystemIdentifier: [B] }))).toEqual({ guid: B, notes: [] });
    expect(parseNotes(object({ Notes: ['a'] }))).toBeUndefined();
  });
});

describe('vmStateOf', () => {
  it.each([
    [0, 'error'],
    [2, 'active'],
    [3, 'stopped'],
    [4, 'active'],
    [6, 'suspended'],
    [9, 'paused'],
    [10, 'active'],
    [32_768, 'paused'],
    [32_769, 'suspended'],
    [65_535, 'error'],
  ])('of %i is %s', (enabledState, state) => {
    expect(vmStateOf({ enabledState })).toBe(state);
  });
});

describe('serverOf', () => {
  const rules = {
    identity: new ServerIdentity({ nameTemplate: undefined, novaNotes: false }),
    project: { notes: false, default: 'p' },
  };

  it('says what is under way, a move before everything else', () => {
    expect(serverOf(vm(), 'hv1', rules)).toEqual({
      id: A.toLowerCase(),
      name: 'web',
      projectId: 'p',
      host: 'hv1',
      vmState: 'active',
    });
    expect(serverOf(vm({ enabledState: 4 }), 'hv1', rules)).toMatchObject({ taskState: 'powering-off' });
    expect(serverOf(vm({ enabledState: 4, migrating: true }), 'hv1', rules)).toMatchObject({
      taskState: 'migrating',
    });
  });

  it('is none without project', () => {
    expect(serverOf(vm(), 'hv1', { ...rules, project: { notes: true } })).toBeUndefined();
  });
});

describe('projectOf', () => {
  const rules = { notes: true, default: 'd' };

  it.each([
    [['project: p'], 'p'],
    [['something', '  PROJECT :  p q ', 'more'], 'p q'],
    [['my project: p'], 'd'],
    [['projects: p'], 'd'],
    [[], 'd'],
    [['project:'], undefined],
    [['project: a', 'project: a'], undefined],
    [[`project: ${'x'.repeat(256)}`], undefined],
  ])('of %j is %s', (notes, project) => {
    expect(projectOf(notes, rules)).toBe(project);
  });

  it('is the default, or nobody’s, where notes mean nothing', () => {
    expect(projectOf(['project: p'], { notes: false, default: 'd' })).toBe('d');
    expect(projectOf(['project: p'], { notes: false })).toBeUndefined();
  });
});

describe('ids in notes', () => {
  it('are the one UUID that stands on a line of its own', () => {
    const id = A.toLowerCase();
    expect(novaId([A])).toBe(id);
    expect(novaId(['for the web', ` ${id} `, 'project: p'])).toBe(id);
    expect(novaId([`id: ${id}`])).toBeUndefined();
    expect(novaId([id, B])).toBeUndefined();
    expect(novaId([])).toBeUndefined();
  });

  it('that several VMs claim are nobody’s', () => {
    const C = '0B5C41F7-9B4A-4B53-8C3C-2D7B2F5D1A03' as Guid;
    const notes = new Map<Guid, readonly string[]>([
      [A, ['c0ffee00-1111-4222-8333-444455556666']],
      [B, ['c0ffee00-1111-4222-8333-444455556667']],
      [C, []],
    ]);
    expect([...idsInNotes(notes).values()]).toEqual([A, B]);
    for (const also of [C, A, B]) notes.set(also, ['c0ffee00-1111-4222-8333-444455556666']);
    expect([...idsInNotes(notes).values()]).toEqual([]);
  });
});

describe('a server’s identity', () => {
  it('is what the notes say, else the name, else the GUID', () => {
    const nameTemplate = parseNameTemplate('instance-%x');
    const all = new ServerIdentity({ nameTemplate, novaNotes: true });
    expect(all.idOf(vm({ name: 'instance-2a', notes: [B] }))).toBe(B.toLowerCase());
    expect(all.idOf(vm({ name: 'instance-2a' }))).toBe('42');
    expect(all.idOf(vm())).toBe(A.toLowerCase());
    const none = new ServerIdentity({ nameTemplate: undefined, novaNotes: false });
    expect(none.idOf(vm({ name: 'instance-2a', notes: [B] }))).toBe(A.toLowerCase());
  });
});

describe('a name template', () => {
  const template = (text: string): NameTemplate => {
    const parsed = parseNameTemplate(text);
    if (!parsed) throw new Error(`${text} is no template`);
    return parsed;
  };

  it.each([
    ['instance-%08x', '42', 'instance-0000002a'],
    ['instance-%x', '42', 'instance-2a'],
    ['%06d.vm', '42', '000042.vm'],
    ['vm %d', '0', 'vm 0'],
    ['i-%(uuid)s', A.toLowerCase(), `i-${A.toLowerCase()}`],
    ['%s', 'web-1', 'web-1'],
    ['lab %s.2', 'x y', 'lab x y.2'],
  ])('%s makes of %s the name %s, and back', (text, id, name) => {
    expect(template(text).nameOf(id)).toBe(name);
    expect(template(text).idOf(name)).toBe(id);
  });

  it.each([
    ['instance-%08x', ['', '-1', '042', '1e3', 'x', '99999999999', ' 42']],
    ['%(uuid)s', ['', '42', `{${A}}`]],
    ['%s', ['', "x'", 'ü', A, 'x'.repeat(101)]],
  ])('%s makes no name of ids that are none', (text, ids) => {
    for (const id of ids) expect(template(text).nameOf(id), id).toBeUndefined();
  });

  it.each([
    ['instance-%08x', ['instance-2a', 'instance-0000002A', 'instance-', 'x-0000002a', 'instance-0000002a ']],
    ['%(uuid)s', ['web', A]],
    ['%s', ['', "O'Brien", A]],
    ['a%sa', ['a', 'aa']],
  ])('%s finds no id in names that it does not make', (text, names) => {
    for (const name of names) expect(template(text).idOf(name), name).toBeUndefined();
  });

  it('is text with one conversion that Nova knows', () => {
    for (const text of [
      '',
      'web',
      '%',
      '%%',
      '%s%s',
      '%f',
      '%8x',
      '%(name)s',
      '%(uuid)d',
      "it's-%d",
      'ü%d',
      '%x\n',
    ]) {
      expect(parseNameTemplate(text), text).toBeUndefined();
    }
  });

  it('goes there and back for whatever it takes, and makes only names that a query may hold', () => {
    const texts = fc.constantFrom('instance-%08x', '%d', 'a%xb', '%(uuid)s', '%s', 'vm-%s.lab');
    const ids = fc.oneof(fc.string(), fc.nat().map(String), fc.uuid());
    fc.assert(
      fc.property(texts, ids, (text, id) => {
        const name = template(text).nameOf(id);
        if (name !== undefined) {
          expect(isWqlValue(name)).toBe(true);
          expect(template(text).idOf(name)).toBe(text === '%(uuid)s' ? id.toLowerCase() : id);
        }
        const found = template(text).idOf(id);
        if (found !== undefined) expect(template(text).nameOf(found)).toBe(id);
      }),
      { numRuns: 1000 },
    );
  });
});
