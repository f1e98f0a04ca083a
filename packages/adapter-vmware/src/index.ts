/**
 * WebMKS consoles of virtual machines on vCenter and ESXi.
 *
 * @packageDocumentation
 */

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type HypervisorAdapter, Secret } from '@remote-consoles/core';
import { VimEndpoint } from './vim/vim-endpoint.js';
import type { VimAccount } from './vim/vim-login.js';
import { VimSession } from './vim/vim-session.js';
import { configSchema, projectRules, tlsTrust, type VmwareConfig } from './vmware-config.js';
import { VmwareHypervisor } from './vmware-hypervisor.js';

export type { VmwareConfig } from './vmware-config.js';

const adapter: HypervisorAdapter<VmwareConfig> = {
  configSchema,
  /** Does not call the server yet. @throws Error where a CA file cannot be read */
  create(config, { name, configDirectory, logger, clock }) {
    const timeout = config.timeout * 1000;
    const trust = tlsTrust(config.trust, configDirectory);
    const endpoint = new VimEndpoint(config.url, trust, timeout);
    const account = () => readAccount(config, configDirectory);
    return new VmwareHypervisor({
      name,
      session: new VimSession({ endpoint, account, clock, timeout }),
      logger,
      timeout,
      rules: projectRules(config.project),
      ticketType: config.ticketType,
      endpoint: { host: endpoint.host, port: endpoint.port, tls: { trust } },
      hostTrust: config.hostTrust && tlsTrust(config.hostTrust, configDirectory),
    });
  },
};

export default adapter;

async function readAccount(
  { user, password, passwordFile }: VmwareConfig,
  directory: string,
): Promise<VimAccount> {
  if (password) return { user, password };
  const text = await readFile(resolve(directory, passwordFile ?? ''), 'utf8');
  return { user, password: new Secret(text.replace(/\r?\n$/, '')) };
}
