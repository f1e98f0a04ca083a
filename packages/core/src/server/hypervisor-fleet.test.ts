import { describe, expect, it, vi } from 'vitest';
import { FakeHypervisor, SERVER_ID, server } from '../../test/fakes.js';
import { consoleNotImplemented } from '../errors.js';
import { HypervisorFleet } from './hypervisor-fleet.js';

const down = expect.objectContaining({ code: 'hypervisor-unavailable' });

function fleetOfTwo() {
  const a = new FakeHypervisor('a', server());
  const b = new FakeHypervisor('b', server({ id: 'on-b', host: 'host-2' }));
  return { a, b, fleet: new HypervisorFleet([a, b]) };
}

describe('finding a server', () => {
  it('finds it wherever it is', async () => {
    const { fleet } = fleetOfTwo();
    expect(await fleet.findServer(SERVER_ID)).toMatchObject({ host: 'host-1' });
    expect(await fleet.findServer('on-b')).toMatchObject({ host: 'host-2' });
    expect(await fleet.findServer('nowhere')).toBeUndefined();
  });

  it('asks the owner alone once it is known', async () => {
    const { a, b, fleet } = fleetOfTwo();
    await fleet.findServer('on-b');
    a.asked.length = 0;
    await fleet.findServer('on-b');
    expect(a.asked).toEqual([]);
    expect(b.asked).toEqual(['find on-b', 'find on-b']);
  });

  it('follows a server that moved', async () => {
    const { a, b, fleet } = fleetOfTwo();
    await fleet.findServer(SERVER_ID);
    a.servers.delete(SERVER_ID);
    b.servers.set(SERVER_ID, server({ host: 'host-2' }));
    const moved = await fleet.findServer(SERVER_ID);
    expect(moved).toMatchObject({ host: 'host-2' });
    await fleet.openConsole(server(), 'novnc');
    expect(b.asked).toContain(`open ${SERVER_ID} novnc`);
    expect(a.asked).not.toContain(`open ${SERVER_ID} novnc`);
  });

  it('follows a server away from an owner that went down', async () => {
    const { a, b, fleet } = fleetOfTwo();
    await fleet.findServer(SERVER_ID);
    a.down = true;
    b.servers.set(SERVER_ID, server({ host: 'host-2' }));
    expect(await fleet.findServer(SERVER_ID)).toMatchObject({ host: 'host-2' });
  });

  it('asks an owner that does not answer once, not twice', async () => {
    const { a, b, fleet } = fleetOfTwo();
    await fleet.findServer('on-b');
    b.down = true;
    a.asked.length = b.asked.length = 0;
    await expect(fleet.findServer('on-b')).rejects.toThrow(down);
    expect({ a: a.asked, b: b.asked }).toEqual({ a: ['find on-b'], b: ['find on-b'] });
  });

  it('says that it cannot know when nobody has the server and somebody is down', async () => {
    const { a, fleet } = fleetOfTwo();
    a.down = true;
    await expect(fleet.findServer('nowhere')).rejects.toThrow(down);
    expect(await fleet.findServer('on-b')).toMatchObject({ host: 'host-2' });
    a.down = false;
    expect(await fleet.findServer('nowhere')).toBeUndefined();
  });

  it('is not held up by a member that hangs while another has the server', async () => {
    const { a, fleet } = fleetOfTwo();
    a.findServer = () => new Promise(() => undefined);
    expect(await fleet.findServer('on-b')).toMatchObject({ id: 'on-b' });
  });

  it('hides no bug of a member behind "not found"', async () => {
    const { a, fleet } = fleetOfTwo();
    a.findServer = () => Promise.reject(new TypeError('a bug'));
    await expect(fleet.findServer('nowhere')).rejects.toThrow('a bug');
  });

  it('remembers a bounded number of owners, and still finds those it forgot', async () => {
    const a = new FakeHypervisor('a');
    a.findServer = async (id) => server({ id });
    const b = new FakeHypervisor('b');
    const fleet = new HypervisorFleet([a, b]);
    for (let n = 0; n <= 100_000; n++) await fleet.findServer(`s${n}`);
    const askedB = b.asked.length;
    await fleet.findServer('s100000');
    expect(b.asked.length).toBe(askedB);
    await fleet.findServer('s0');
    expect(b.asked.length).toBe(askedB + 1);
  });
});

describe('opening a console', () => {
  it('searches for a server that was only listed', async () => {
    const { b, fleet } = fleetOfTwo();
    const listed = (await fleet.listServers()).find(({ id }) => id === 'on-b');
    expect(listed).toBeDefined();
    const connection = await fleet.openConsole(listed ?? server(), 'novnc');
    expect(connection.serverId).toBe('on-b');
    expect(b.asked).toContain('open on-b novnc');
  });

  it('says server-not-found for a server that nobody has', async () => {
    const { fleet } = fleetOfTwo();
    await expect(fleet.openConsole(server({ id: 'nowhere' }), 'novnc')).rejects.toThrow(
      expect.objectContaining({ code: 'server-not-found' }),
    );
  });

  it("passes the owner's refusal on", async () => {
    const { a, fleet } = fleetOfTwo();
    a.openFailure = consoleNotImplemented();
    await expect(fleet.openConsole(server(), 'webmks')).rejects.toThrow(a.openFailure);
  });
});

describe('a member that is down', () => {
  it('leaves the servers of the others in the list', async () => {
    const { a, fleet } = fleetOfTwo();
    a.down = true;
    expect((await fleet.listServers()).map(({ id }) => id)).toEqual(['on-b']);
    await expect(fleet.check()).resolves.toBeUndefined();
  });

  it('is the outage of all when there is no other', async () => {
    const { a, b, fleet } = fleetOfTwo();
    a.down = b.down = true;
    await expect(fleet.listServers()).rejects.toThrow(down);
    await expect(fleet.check()).rejects.toThrow(down);
  });
});

describe('an empty fleet', () => {
  it('has no servers and no outage', async () => {
    const fleet = new HypervisorFleet([]);
    expect(await fleet.findServer(SERVER_ID)).toBeUndefined();
    expect(await fleet.listServers()).toEqual([]);
    await expect(fleet.check()).resolves.toBeUndefined();
  });
});

describe('events', () => {
  it('come from every member until the watcher stops', () => {
    const { a, b, fleet } = fleetOfTwo();
    const heard = vi.fn();
    const stop = fleet.watch(heard);
    a.emit({ serverId: SERVER_ID, kind: 'stopped' });
    b.emit({ serverId: 'on-b', kind: 'deleted' });
    stop();
    a.emit({ serverId: SERVER_ID, kind: 'crashed' });
    expect(heard.mock.calls).toEqual([
      [{ serverId: SERVER_ID, kind: 'stopped' }],
      [{ serverId: 'on-b', kind: 'deleted' }],
    ]);
  });
});

describe('streams and logs', () => {
  it('are asked of the member that the transport names', async () => {
    const { b, fleet } = fleetOfTwo();
    b.streams = { openStream: async ({ address }) => `stream of ${address}` };
    const transport = { kind: 'hypervisor', hypervisor: 'b', address: 'on-b' } as const;
    expect(await fleet.streams.openStream(transport)).toBe('stream of on-b');
    await expect(fleet.streams.openStream({ ...transport, hypervisor: 'a' })).rejects.toThrow(down);
    await expect(fleet.streams.openStream({ ...transport, hypervisor: 'x' })).rejects.toThrow(down);
  });

  it('asks the owner for pictures, keys and power, where it has them', async () => {
    const { a, fleet } = fleetOfTwo();
    const done: string[] = [];
    a.screenshots = {
      takeScreenshot: async ({ id }) => ({ mediaType: 'image/png', data: Uint8Array.of(id.length) }),
    };
    a.keys = { sendKeys: async ({ id }, keys) => void done.push(`keys ${id} ${keys}`) };
    a.power = { changePower: async ({ id }, action) => void done.push(`power ${id} ${action}`) };
    const { data } = await fleet.screenshots.takeScreenshot(server());
    expect([...data]).toEqual([SERVER_ID.length]);
    await fleet.keys.sendKeys(server(), [29, 56, 111]);
    await fleet.power.changePower(server(), 'reset');
    expect(done).toEqual([`keys ${SERVER_ID} 29,56,111`, `power ${SERVER_ID} reset`]);
    const other = server({ id: 'on-b' });
    const refused = expect.objectContaining({ code: 'console-not-implemented' });
    await expect(fleet.screenshots.takeScreenshot(other)).rejects.toThrow(refused);
    await expect(fleet.keys.sendKeys(other, [1])).rejects.toThrow(refused);
    await expect(fleet.power.changePower(other, 'stop')).rejects.toThrow(refused);
  });

  it('are read from the owner, or are not implemented where the owner has none', async () => {
    const { a, fleet } = fleetOfTwo();
    a.output = { readOutput: async ({ id }) => `log of ${id}` };
    expect(await fleet.output.readOutput(server())).toBe(`log of ${SERVER_ID}`);
    await expect(fleet.output.readOutput(server({ id: 'on-b' }))).rejects.toThrow(
      expect.objectContaining({ code: 'console-not-implemented' }),
    );
  });
});

describe('close', () => {
  it('closes every member, also when one fails', async () => {
    const { a, b, fleet } = fleetOfTwo();
    a.close = () => Promise.reject(new Error('stuck'));
    await expect(fleet.close()).resolves.toBeUndefined();
    expect(b.closed).toBe(true);
  });
});
