import type { HypervisorPort } from '@remote-consoles/core';
import { describeHypervisorPort } from '@remote-consoles/testkit';
import { describe } from 'vitest';
import { createAdapter, optionsFor } from './adapter-under-test.js';
import { simulatorIsThere } from './parts.js';
import { until, Vcsim } from './vcsim.js';

describe.skipIf(!(await simulatorIsThere()))('the contract', () => {
  for (const [name, flags] of [
    ['a vCenter', []],
    ['an ESXi host', ['-esx']],
  ] as const) {
    describeHypervisorPort(name, () => harness(flags), { lacks: ['withoutDevice', 'log'] });
  }
});

async function harness(flags: readonly string[]) {
  const vcsim = await Vcsim.start(flags);
  const { port, log } = await createAdapter(optionsFor(vcsim.ready, { timeout: 2 }));
  const [first, second, ...others] = vcsim.ready.vms;
  const admin = await vcsim.admin();
  const stopped = others[0] ?? second;
  await admin.power(stopped.moid, 'poweredOff');
  const listening = spyOnWatch(port);
  return {
    port,
    consoles: [{ serverId: first.instanceUuid, type: 'webmks' as const }] as const,
    notImplemented: { serverId: first.instanceUuid, type: 'novnc' as const },
    stopped: stopped.instanceUuid,
    secrets: [vcsim.ready.password],
    endFirstConsole: async () => {
      // An event is a change of what the watch has seen.
      if (listening())
        await until('the subscription', () => log.some(({ message }) => message.startsWith('watching')));
      await admin.power(first.moid, 'poweredOff');
      return { serverId: first.instanceUuid, kind: 'stopped' as const };
    },
    makeUnavailable: () => vcsim.freeze(),
    dispose: async () => {
      vcsim.thaw();
      await port.close();
      await vcsim.stop();
    },
  };
}

function spyOnWatch(port: HypervisorPort): () => boolean {
  let called = false;
  const watch = port.watch.bind(port);
  port.watch = (listener) => {
    called = true;
    return watch(listener);
  };
  return () => called;
}
