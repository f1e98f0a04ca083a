import { describe, expect, it } from 'vitest';
import { firstFinding } from './host-search.js';
import { OwnerMemory } from './owner-memory.js';

const original = { vm: { replica: false } };
const replica = { vm: { replica: true } };
const absent = undefined;
const down = () => Promise.reject(new Error('down'));
const never = new Promise<undefined>(() => undefined);
const here = <T>(finding: T) => Promise.resolve(finding);

describe('firstFinding', () => {
  it('takes the VM itself without waiting for others', async () => {
    expect(await firstFinding([never, here(original), down(), here(replica)])).toBe(original);
  });

  it('takes a replica where nobody has the VM itself', async () => {
    expect(await firstFinding([here(absent), here(replica)])).toBe(replica);
  });

  it('finds nothing where nobody has it', async () => {
    expect(await firstFinding([here(absent), here(absent)])).toBeUndefined();
    expect(await firstFinding([])).toBeUndefined();
  });

  it('says that it does not know where somebody did not answer', async () => {
    await expect(firstFinding([here(absent), down()])).rejects.toThrow('down');
    await expect(firstFinding([here(replica), down()])).rejects.toThrow('down');
  });
});

describe('the memory of owners', () => {
  it('keeps what was seen last, and not without end', () => {
    const owners = new OwnerMemory<string>();
    for (let n = 0; n < 100_000; n++) owners.set(`${n}`, 'a');
    owners.set('0', 'b');
    owners.set('new', 'a');
    expect([owners.get('0'), owners.get('1'), owners.get('2')]).toEqual(['b', undefined, 'a']);
    owners.delete('0');
    expect(owners.get('0')).toBeUndefined();
  });
});
