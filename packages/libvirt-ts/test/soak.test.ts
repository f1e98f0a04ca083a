import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Connection } from '../src/connection.js';
import { ProcessIsolation } from '../src/isolation/process-isolation.js';
import { backends, libvirtPresent } from './libvirt-presence.js';
import { residentMemory } from './resident-memory.js';
import { testDomain } from './test-driver.js';

const mebibyte = 1024 * 1024;

describe.skipIf(!libvirtPresent()).each(backends)('soak: %s', (backend) => {
  it('looks 10 000 domains up and keeps no memory', async () => {
    const openArguments = { uri: 'test:///default', readOnly: false, keepAlive: { interval: 0, count: 0 } };
    const isolation = await ProcessIsolation.open(backend, openArguments, 10_000, () => {});
    const lookups = async (count: number): Promise<void> => {
      for (let index = 0; index < count; index += 10) {
        const calls = Array.from({ length: 10 }, (_, part) =>
          part % 2 === 0
            ? isolation.call('lookup', { uuid: testDomain.uuid }, 10_000)
            : isolation.call('getXml', { uuid: testDomain.uuid, secure: true, inactive: false }, 10_000),
        );
        await Promise.all(calls);
      }
    };
    await lookups(10_000); // heaps have grown to their working size
    const before = { child: residentMemory(isolation.pid), own: residentMemory(process.pid) };
    await lookups(10_000);
    expect(residentMemory(isolation.pid) - before.child).toBeLessThan(24 * mebibyte);
    expect(residentMemory(process.pid) - before.own).toBeLessThan(40 * mebibyte);
    expect(await isolation.close(10_000)).toBe(0);
  });

  it('opens and closes 1 000 connections and leaves no reference', async () => {
    const options = { backend, isolation: 'thread' } as const;
    const kept = await Connection.open('test:///default', options); // its threads serve them all
    for (let round = 0; round < 1_000; round++) {
      const connection = await Connection.open('test:///default', options);
      await connection.lookupByName('test');
      expect(await connection.close()).toBe(0);
    }
    expect(await kept.close()).toBe(0);
  });

  it('opens and closes 20 processes and leaves none', async () => {
    for (let round = 0; round < 20; round++) {
      const connection = await Connection.open('test:///default', { backend });
      expect(await connection.close()).toBe(0);
    }
    const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'latin1').trim().split(' ');
    const states = children.filter(Boolean).map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1'));
    expect(states.filter((command) => command.includes('process-main'))).toEqual([]);
  });
});
