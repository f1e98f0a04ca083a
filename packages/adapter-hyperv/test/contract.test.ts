import { describeHypervisorPort } from '@remote-consoles/testkit';
import { afterAll, describe } from 'vitest';
import { createAdapter } from './adapter-under-test.js';
import { CONSOLE_PASSWORD, DATABASE, Lab, OFF, until, WEB } from './lab.js';

const lab = await Lab.start();
afterAll(() => lab?.stop());

describe.skipIf(!lab)('the contract', () => {
  describeHypervisorPort('two Hyper-V hosts behind Apache', () => harness(lab as Lab), {
    lacks: ['withoutDevice', 'log'],
  });
});

async function harness(hosts: Lab) {
  hosts.reset();
  const options = hosts.options([hosts.host('ntlm'), hosts.host('basic')]);
  const { port, log } = await createAdapter(options, { configDirectory: hosts.directory });
  const web = WEB.toLowerCase();
  const consoles = [
    { serverId: web, type: 'rdp-html5' },
    { serverId: DATABASE.toLowerCase(), type: 'rdp-html5' },
  ] as const;
  let watched = false;
  const watch = port.watch.bind(port);
  port.watch = (listener) => {
    watched = true;
    return watch(listener);
  };
  return {
    port,
    consoles,
    notImplemented: { serverId: web, type: 'novnc' as const },
    stopped: OFF.toLowerCase(),
    secrets: [CONSOLE_PASSWORD, hosts.apache.report.password],
    endFirstConsole: async () => {
      // An event is a change of what the watch has seen.
      if (watched) await until('a look', () => log.some(({ message }) => message.startsWith('watching')));
      hosts.service('ntlm').wmi.vm('web').state = 3;
      return { serverId: web, kind: 'stopped' as const };
    },
    makeUnavailable: () => hosts.apache.freeze(),
    dispose: async () => {
      hosts.apache.thaw();
      await port.close();
    },
  };
}
