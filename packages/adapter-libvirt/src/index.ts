/**
 * Consoles of libvirt domains, on one host or many.
 *
 * @packageDocumentation
 */
import type { AdapterContext, AdapterModule } from '@remote-consoles/core';
import { ConfigFiles } from './config/config-files.js';
import { configSchema, type LibvirtConfig } from './config/config-schema.js';
import { LibvirtHypervisor } from './libvirt-hypervisor.js';

export type { LibvirtConfig } from './config/config-schema.js';
export { LibvirtHypervisor } from './libvirt-hypervisor.js';

/** What an app loads by this package's name. `create` rejects with an Error that names a file it cannot read. */
const adapter = {
  configSchema,
  async create(
    config: LibvirtConfig,
    { name, configDirectory, logger, clock }: AdapterContext,
  ): Promise<LibvirtHypervisor> {
    const files = new ConfigFiles(configDirectory);
    const { connect, call } = config.timeouts;
    const hosts = config.hosts.map(async (host) => ({
      name: host.name,
      uri: host.uri,
      address: host.address,
      username: host.username,
      password: await files.password(host),
      connectTimeout: connect * 1000,
      callTimeout: call * 1000,
    }));
    return new LibvirtHypervisor({
      name,
      hosts: await Promise.all(hosts),
      defaultProject: config.defaultProject,
      tls: await files.tls(config.tls),
      displayPasswords: config.displayPasswords,
      serialSecondUser: config.serialSecondUser,
      clock,
      logger,
    });
  },
} satisfies AdapterModule<LibvirtHypervisor, LibvirtConfig>;

export default adapter;
