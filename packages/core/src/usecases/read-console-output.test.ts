import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  admin,
  CONTEXT,
  FakeClock,
  FakeHypervisor,
  foreigner,
  member,
  RecordingAudit,
  reader,
  SERVER_ID,
  server,
} from '../../test/fakes.js';
import { consoleOutputUnavailable } from '../errors.js';
import type { Credentials } from '../policy/credentials.js';
import { Policy } from '../policy/policy.js';
import { ReadConsoleOutput } from './read-console-output.js';

function setUp(text = '') {
  const hypervisor = new FakeHypervisor('hv', server());
  hypervisor.output = { readOutput: async () => text };
  const audit = new RecordingAudit();
  const usecase = new ReadConsoleOutput({ hypervisor, policy: new Policy(), audit, clock: new FakeClock() });
  const read = (lines?: number, credentials: Credentials = member) =>
    usecase.execute({
      credentials,
      serverId: SERVER_ID,
      context: CONTEXT,
      ...(lines !== undefined && { lines }),
    });
  return { hypervisor, audit, read };
}

describe('the last lines', () => {
  it.each<[string, number | undefined, string]>([
    ['a\nb\nc\n', undefined, 'a\nb\nc\n'],
    ['a\nb\nc\n', 0, ''],
    ['a\nb\nc\n', 1, 'c\n'],
    ['a\nb\nc\n', 2, 'b\nc\n'],
    ['a\nb\nc\n', 3, 'a\nb\nc\n'],
    ['a\nb\nc', 1, 'c'],
    ['a\nb\nc', 2, 'b\nc'],
    ['a\n\n', 1, '\n'],
    ['\n', 1, '\n'],
    ['\nabc', 1, 'abc'],
    ['\nabc', 2, '\nabc'],
    ['', 5, ''],
    ['a', -5, ''],
  ])('of %j, %s', async (text, lines, expected) => {
    expect(await setUp(text).read(lines)).toBe(expected);
  });

  it('are found at once, however many are asked for', async () => {
    const started = performance.now();
    expect(await setUp('\nabc').read(2_147_483_647)).toBe('\nabc');
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('are the tail of the text, split by newline', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 12 }), async (log, count) => {
        const lines = log.match(/[^\n]*\n|[^\n]+/g) ?? [];
        expect(await setUp(log).read(count)).toBe(lines.slice(-count).join(''));
      }),
    );
  });
});

describe('control characters', () => {
  it('are left out, but tab and newline', async () => {
    const { read } = setUp('\u001b[2J\u0000a\tb\r\n\u009b31mred\u007f\u0085 é 漢\n');
    expect(await read()).toBe('[2Ja\tb\n31mred é 漢\n');
  });

  it('whatever the guest prints', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (log) => {
        const shown = await setUp(log).read();
        expect(shown).not.toMatch(/[^\P{Cc}\t\n]/u);
        expect([...shown]).toEqual([...log].filter((each) => !/[^\P{Cc}\t\n]/u.test(each)));
      }),
    );
  });
});

describe('who may read, and when', () => {
  it.each<[string, Credentials, string]>([
    ['reader', reader, 'forbidden'],
    ['member of another project', foreigner, 'server-not-found'],
  ])('not a %s', async (_who, credentials, code) => {
    const { audit, read } = setUp('x');
    await expect(read(undefined, credentials)).rejects.toThrow(expect.objectContaining({ code }));
    expect(audit.events).toMatchObject([
      { action: 'console.read-output', outcome: 'failure', reason: code, userId: credentials.userId },
    ]);
  });

  it('an administrator may, of a stopped server too', async () => {
    const { hypervisor, read } = setUp('log');
    hypervisor.servers.set(SERVER_ID, server({ vmState: 'stopped' }));
    expect(await read(undefined, admin)).toBe('log');
  });

  it.each<[string, Partial<ReturnType<typeof server>>, string]>([
    ['being deleted', { taskState: 'deleting' }, 'server-state-invalid'],
    ['building', { vmState: 'building' }, 'server-not-ready'],
  ])('not of a server %s', async (_what, state, code) => {
    const { hypervisor, read } = setUp('log');
    hypervisor.servers.set(SERVER_ID, server(state));
    await expect(read()).rejects.toThrow(expect.objectContaining({ code }));
  });

  it('not where the guest keeps no log, or the hypervisor has none at all', async () => {
    const { hypervisor, read } = setUp();
    hypervisor.output = { readOutput: () => Promise.reject(consoleOutputUnavailable()) };
    await expect(read()).rejects.toThrow('Guest does not have a console available.');
    delete hypervisor.output;
    await expect(read()).rejects.toThrow('The requested functionality is not supported.');
  });

  it('is recorded without the text', async () => {
    const { audit, read } = setUp('login: root');
    await read();
    expect(audit.events).toMatchObject([
      { action: 'console.read-output', outcome: 'success', userId: member.userId, serverId: SERVER_ID },
    ]);
    expect(JSON.stringify(audit.events)).not.toContain('root');
  });
});
