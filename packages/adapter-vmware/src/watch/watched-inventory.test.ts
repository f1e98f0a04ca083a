import type { ServerEvent } from '@remote-consoles/core';
import { XmlElement } from '@remote-consoles/soap-xml';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ObjectUpdate } from '../vim/update-set.js';
import { WatchedInventory } from './watched-inventory.js';

type Values = Readonly<Record<string, string | undefined>>;

const vm = (id: string) => ({ type: 'VirtualMachine', id });
const gone = (id: string): ObjectUpdate => ({ kind: 'gone', object: vm(id) });
const changed = (id: string, values: Values): ObjectUpdate => ({
  kind: 'changed',
  object: vm(id),
  changes: new Map(
    Object.entries(values).map(([name, text]) => [
      name,
      text === undefined ? undefined : new XmlElement({ name: 'val', text }),
    ]),
  ),
});
const on = { 'config.instanceUuid': 'one', 'runtime.powerState': 'poweredOn', 'runtime.host': 'host-1' };
const power = (state: string) => ({ 'runtime.powerState': state });

/** An inventory that has been told of a running VM `vm-1` with the id `one`. */
function running(): WatchedInventory {
  const inventory = new WatchedInventory();
  inventory.begin();
  expect(inventory.apply(changed('vm-1', on))).toEqual([]);
  expect(inventory.settle()).toEqual([]);
  return inventory;
}

describe('a watched running server', () => {
  it.each<[string, Values, ServerEvent['kind'] | undefined]>([
    ['is switched off', power('poweredOff'), 'stopped'],
    ['is suspended', power('suspended'), 'suspended'],
    ['is orphaned', { 'runtime.connectionState': 'orphaned' }, 'crashed'],
    ['moves to another host', { 'runtime.host': 'host-2' }, 'migrated'],
    ['gets another id', { 'config.instanceUuid': 'two' }, 'deleted'],
    ['becomes a template', { 'config.template': 'true' }, 'deleted'],
    ['loses its id', { 'config.instanceUuid': undefined }, 'deleted'],
    ['loses touch with its host', { 'runtime.connectionState': 'disconnected' }, undefined],
    ['changes something else', { 'config.uuid': 'x' }, undefined],
  ])('that %s tells so', (_, values, kind) => {
    expect(running().apply(changed('vm-1', values))).toEqual(kind ? [{ serverId: 'one', kind }] : []);
  });

  it('that is deleted tells so, once', () => {
    const inventory = running();
    expect(inventory.apply(gone('vm-1'))).toEqual([{ serverId: 'one', kind: 'deleted' }]);
    expect(inventory.apply(gone('vm-1'))).toEqual([]);
  });

  it('tells nothing when it comes back, and of its next end', () => {
    const inventory = running();
    inventory.apply(changed('vm-1', power('poweredOff')));
    expect(inventory.apply(changed('vm-1', { 'runtime.host': 'host-2' }))).toEqual([]);
    expect(inventory.apply(changed('vm-1', power('poweredOn')))).toEqual([]);
    expect(inventory.apply(changed('vm-1', power('poweredOff')))).toEqual([
      { serverId: 'one', kind: 'stopped' },
    ]);
  });
});

describe('a new subscription', () => {
  it('tells what happened since the last one', () => {
    const inventory = running();
    inventory.begin();
    expect(inventory.apply(changed('vm-1', { ...on, ...power('poweredOff') }))).toEqual([
      { serverId: 'one', kind: 'stopped' },
    ]);
    expect(inventory.settle()).toEqual([]);
  });

  it('tells of servers that are gone only when it has told everything', () => {
    const inventory = running();
    inventory.begin();
    expect(inventory.apply(changed('vm-2', on))).toEqual([]);
    expect(inventory.settle()).toEqual([{ serverId: 'one', kind: 'deleted' }]);
  });

  it('that was broken off before takes nothing for gone', () => {
    const inventory = running();
    inventory.begin();
    inventory.begin();
    inventory.apply(changed('vm-1', on));
    expect(inventory.settle()).toEqual([]);
  });

  it('tells the whole of a VM: what it does not tell is no more', () => {
    const inventory = running();
    inventory.apply(changed('vm-1', { 'config.template': 'false', 'runtime.connectionState': 'orphaned' }));
    inventory.begin();
    expect(inventory.apply(changed('vm-1', on))).toEqual([]);
    inventory.settle();
    expect(inventory.apply(changed('vm-1', power('poweredOff')))).toEqual([
      { serverId: 'one', kind: 'stopped' },
    ]);
  });
});

describe('any history', () => {
  const state = fc.record({
    'config.instanceUuid': fc.constantFrom('one', 'two'),
    'runtime.powerState': fc.constantFrom('poweredOn', 'poweredOff', 'suspended'),
    'runtime.host': fc.constantFrom('host-1', 'host-2'),
  });
  const step = fc.option(state, { nil: undefined });

  it('tells the same whether it is watched change by change or by subscribing anew each time', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (history) => {
        const [steady, anew] = [new WatchedInventory(), new WatchedInventory()];
        steady.begin();
        steady.settle();
        const [first, second]: [ServerEvent[], ServerEvent[]] = [[], []];
        for (const values of history) {
          first.push(...steady.apply(values ? changed('vm-1', values) : gone('vm-1')));
          anew.begin();
          if (values) second.push(...anew.apply(changed('vm-1', values)));
          second.push(...anew.settle());
        }
        expect(second).toEqual(first);
      }),
    );
  });
});
