import { spawnSync } from 'node:child_process';
import type { HypervisorPort } from '@remote-consoles/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAdapter } from './adapter-under-test.js';
import { StrictHost } from './strict-host.js';

const there = spawnSync('openssl', ['version']).status === 0;
if (!there && process.env['CI'] === 'true') throw new Error('openssl must be there in CI');
if (!there) console.warn('\n*** SKIPPED: the host that insists on channel bindings needs openssl. ***\n');

let host: StrictHost;
let hyperv: HypervisorPort;

beforeEach(async () => {
  if (!there) return;
  host = await new StrictHost().start();
  ({ port: hyperv } = await createAdapter(host.options, { configDirectory: host.folder }));
});
afterEach(async () => {
  if (!there) return;
  await hyperv.close();
  host.stop();
});

const unavailable = { code: 'hypervisor-unavailable' };

describe.skipIf(!there)('a host that insists on channel bindings', () => {
  it('lets the adapter in, which names the host it means', async () => {
    await hyperv.check();
    expect(host.accepted).toMatchObject([{ user: 'svc', domain: 'LAB', targetName: 'HTTP/127.0.0.1' }]);
  });

  it('does not let it in through somebody else’s TLS', async () => {
    host.expected = (own) => own.with(-1, (own.at(-1) ?? 0) ^ 1);
    await expect(hyperv.check()).rejects.toMatchObject(unavailable);
    expect(host.accepted).toEqual([]);
  });
});

describe.skipIf(!there)('a kept connection that breaks as it is used again', () => {
  beforeEach(async () => {
    if (!there) return;
    await hyperv.check();
    expect(host.actions.splice(0)).toEqual(['Enumerate', 'Pull']);
  });

  it('is opened again, logged in again, and the question repeated', async () => {
    host.breaks = () => host.actions.length === 1;
    await hyperv.check();
    expect(host.actions).toEqual(['Enumerate', 'Enumerate', 'Pull']);
    expect(host.accepted).toHaveLength(2);
  });

  it('is not opened without end', async () => {
    host.breaks = () => true;
    await expect(hyperv.check()).rejects.toMatchObject(unavailable);
    expect(host.actions).toEqual(['Enumerate', 'Enumerate']);
  });

  it('is the end of an enumeration that had begun: what was given is not given again', async () => {
    host.breaks = (action) => action === 'Pull';
    await expect(hyperv.check()).rejects.toMatchObject(unavailable);
    expect(host.actions).toEqual(['Enumerate', 'Pull']);
  });
});
