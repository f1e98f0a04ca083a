import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { OpenArguments } from '../src/calls/calls.js';
import { Connection } from '../src/connection.js';
import { ProcessIsolation } from '../src/isolation/process-isolation.js';
import type { ConnectionEvent } from '../src/lanes/lane-message.js';
import { LibvirtErrorCode } from '../src/libvirt-error.js';
import { backends, libvirtPresent } from './libvirt-presence.js';
import { runScript } from './run-script.js';
import { silentDaemon } from './silent-daemon.js';
import { testDomain } from './test-driver.js';

const timeout = 5000;
const openArguments: OpenArguments = {
  uri: 'test:///default',
  readOnly: false,
  keepAlive: { interval: 0, count: 0 },
};

const alive = (pid: number): boolean => {
  try {
    return !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1')); // Z: ended, and nobody has asked how
  } catch {
    return false;
  }
};

describe.skipIf(!libvirtPresent())('process isolation', () => {
  async function open(uri = openArguments.uri) {
    const events: ConnectionEvent[] = [];
    const isolation = await ProcessIsolation.open('koffi', { ...openArguments, uri }, timeout, (event) => {
      events.push(event);
    });
    onTestFinished(async () => {
      await isolation.close(timeout).catch(() => {});
    });
    const { pid } = isolation;
    if (pid === undefined) throw new Error('no child process');
    return { isolation, events, pid };
  }

  it('ends its process when it closes', async () => {
    const { isolation, events, pid } = await open();
    expect(await isolation.close(timeout)).toBe(0);
    await expect.poll(() => alive(pid)).toBe(false);
    expect(events).toEqual([]);
  });

  it('lives through the signals that end its parent in its own time', async () => {
    const { isolation, events, pid } = await open();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid, signal);
    expect(await isolation.call('hostname', {}, timeout)).not.toBe('');
    expect(events).toEqual([]);
  });

  it('rejects what is under way when its process is killed, tells it, and refuses what follows', async () => {
    const { isolation, events, pid } = await open();
    process.kill(pid, 'SIGSTOP'); // or it might answer before it dies
    const pending = [1, 2, 3].map(() =>
      isolation.call('screenshot', { uuid: testDomain.uuid, screen: 0 }, timeout),
    );
    process.kill(pid, 'SIGKILL');
    const lost = { code: LibvirtErrorCode.invalidConnection, connectionLost: true };
    for (const call of pending) await expect(call).rejects.toMatchObject(lost);
    await expect.poll(() => events).toEqual([{ type: 'lost', reason: 'the libvirt process ended' }]);
    await expect(isolation.call('hostname', {}, timeout)).rejects.toMatchObject(lost);
  });

  it('kills a process that does not even keep its own deadlines', async () => {
    const { isolation, events, pid } = await open();
    process.kill(pid, 'SIGSTOP');
    const started = performance.now();
    await expect(isolation.call('hostname', {}, 50)).rejects.toMatchObject({
      code: LibvirtErrorCode.operationTimeout,
      message: 'no answer from libvirt within 50 ms',
    });
    expect(performance.now() - started).toBeLessThan(3000);
    await expect.poll(() => alive(pid)).toBe(false);
    await expect.poll(() => events).toHaveLength(1);
  });

  it('gives up a daemon that accepts and says nothing', async () => {
    const { uri } = await silentDaemon();
    const started = performance.now();
    await expect(Connection.open(uri, { backend: 'koffi', openTimeout: 400 })).rejects.toMatchObject({
      code: LibvirtErrorCode.operationTimeout,
    });
    expect(performance.now() - started).toBeLessThan(1300); // by the child's own deadline
  });

  it('leaves no process when its parent is killed, even with a call that hangs', async () => {
    const { uri } = await silentDaemon();
    const parent = runScript(`
      import { ProcessIsolation } from 'DIST/isolation/process-isolation.js';
      import { readFileSync } from 'node:fs';
      ProcessIsolation.open('koffi', ${JSON.stringify({ ...openArguments, uri })}, 60_000, () => {});
      setTimeout(() => console.log(readFileSync('/proc/self/task/' + process.pid + '/children', 'latin1')), 500);
    `);
    const child = Number(await parent.firstLine);
    expect(alive(child)).toBe(true);
    parent.process.kill('SIGKILL');
    await expect.poll(() => alive(child)).toBe(false);
  });

  it('does not keep a process from exiting while a call hangs', async () => {
    const { uri } = await silentDaemon();
    const run = runScript(`
      import { Connection } from 'DIST/index.js';
      Connection.open('${uri}', { openTimeout: 60_000 });
      setTimeout(() => { console.log(performance.now()); process.exit(7) }, 500);
    `);
    await run.firstLine;
    const started = performance.now();
    expect((await run.ended).code).toBe(7);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe.skipIf(!libvirtPresent()).each(backends)('thread isolation: %s', (backend) => {
  it('gives up a daemon that accepts and says nothing, and goes on with others', async () => {
    const { uri, hangUp } = await silentDaemon();
    const variant = { backend, isolation: 'thread' } as const;
    const other = await Connection.open('test:///default', variant);
    await expect(Connection.open(uri, { ...variant, openTimeout: 200 })).rejects.toMatchObject({
      code: LibvirtErrorCode.operationTimeout,
    });
    expect(await other.listDomains()).toHaveLength(1);
    hangUp(); // the late call ends; its thread is of use again
    expect(await other.close()).toBe(0);
  });

  // ffi-napi's crash: a worker that loaded it ends, and no other thread holds the addon
  it('survives the end of its threads, again and again', async () => {
    const run = runScript(`
      import { Connection } from 'DIST/index.js';
      for (let round = 0; round < 4; round++) {
        const connection = await Connection.open('test:///default', { isolation: 'thread', backend: '${backend}' });
        if (await connection.close() !== 0) throw new Error('references left');
      }
      console.log('done');
    `);
    expect(await run.ended).toEqual({ code: 0, signal: null, output: 'done\n' });
  });

  it('lets the process exit while its event loop waits', async () => {
    const run = runScript(`
      import { Connection } from 'DIST/index.js';
      await Connection.open('test:///default', { isolation: 'thread', backend: '${backend}' });
      process.exit(5);
    `);
    expect(await run.ended).toEqual({ code: 5, signal: null, output: '' });
  });

  it('is refused with ffi-napi, and only with it, where it could crash: in a worker', async () => {
    const run = runScript(`
      import { Worker } from 'node:worker_threads';
      const worker = new Worker(\`
        import('DIST/index.js')
          .then(({ Connection }) => Connection.open('test:///default', { isolation: 'thread', backend: '${backend}' }))
          .then((connection) => connection.close())
          .then((references) => console.log('references', references), (error) => console.log(error.message));
      \`, { eval: true });
      worker.on('exit', (code) => console.log('exit', code));
    `);
    const { code, signal, output } = await run.ended;
    expect({ code, signal }).toEqual({ code: 0, signal: null });
    expect(output).toContain(backend === 'koffi' ? 'references 0' : 'must be opened from the main thread');
  });
});
